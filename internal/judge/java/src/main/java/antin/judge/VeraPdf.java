package antin.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** veraPDF: PDF/A (ISO 19005) and PDF/UA (ISO 14289) conformance. Job: path, flavour ("2b", "ua1"). */
final class VeraPdf {
    static {
        VeraGreenfieldFoundryProvider.initialise();
    }

    private VeraPdf() {}

    static void judge(JsonNode job, ObjectNode answer) throws Exception {
        String id = job.path("flavour").asText();
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(id);
        if (flavour == PDFAFlavour.NO_FLAVOUR) {
            throw new IllegalArgumentException("unknown flavour " + id);
        }
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(job.path("path").asText()), flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            answer.put("compliant", result.isCompliant());
            answer.put("flavour", result.getPDFAFlavour().getId());
            answer.put("checks", result.getTotalAssertions());
            Map<String, ObjectNode> rules = new LinkedHashMap<>();
            ArrayNode failures = answer.putArray("failures");
            for (TestAssertion a : result.getTestAssertions()) {
                if (a.getStatus() != TestAssertion.Status.FAILED) {
                    continue;
                }
                String key = a.getRuleId().getClause() + "-" + a.getRuleId().getTestNumber();
                ObjectNode rule = rules.get(key);
                if (rule == null) {
                    rule = failures.addObject();
                    rule.put("specification", a.getRuleId().getSpecification().getId());
                    rule.put("clause", a.getRuleId().getClause());
                    rule.put("test", a.getRuleId().getTestNumber());
                    rule.put("description", a.getMessage());
                    rule.put("message", a.getErrorMessage());
                    rule.put("location", a.getLocation().getContext());
                    rules.put(key, rule);
                }
                rule.put("count", rule.path("count").asInt() + 1);
            }
        }
    }
}
