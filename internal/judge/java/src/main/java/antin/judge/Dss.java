package antin.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.diagnostic.jaxb.XmlObjectModification;
import eu.europa.esig.dss.enumerations.SubIndication;
import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.policy.ValidationPolicy;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.pades.validation.PDFDocumentValidator;
import eu.europa.esig.dss.pdf.pdfbox.PdfBoxDefaultObjectFactory;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.policy.ValidationPolicyLoader;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;

/**
 * EU DSS: ETSI EN 319 102-1 validation of PAdES signatures, offline. Job: path, trust (base64 of PEM certificates), crls
 * (base64 of PEM or DER each), at (RFC 3339, optional: validation time), lenient (optional).
 *
 * <p>DSS's default policy only warns when a PDF was changed after signing in a way that DocMDP or FieldMDP forbids, that
 * changes what a page looks like, or that it cannot explain. A judge has to refuse there, so these constraints are raised
 * to FAIL unless the job is lenient; and DSS is told which fields got another value ({@link FieldValues}).
 */
final class Dss {
    private static final String[] RAISED = {
        "DocMDP", "FieldMDP", "SigFieldLock", "UndefinedChanges", "ByteRangeCollision", "PdfVisualDifference"
    };

    private Dss() {}

    static void judge(JsonNode job, ObjectNode answer) throws Exception {
        CertificateFactory x509 = CertificateFactory.getInstance("X.509");
        CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
        for (Certificate c : x509.generateCertificates(new ByteArrayInputStream(job.path("trust").binaryValue()))) {
            trusted.addCertificate(new CertificateToken((X509Certificate) c));
        }
        List<InputStream> crls = new ArrayList<>();
        for (JsonNode n : job.path("crls")) {
            for (java.security.cert.CRL crl : x509.generateCRLs(new ByteArrayInputStream(n.binaryValue()))) {
                crls.add(new ByteArrayInputStream(((X509CRL) crl).getEncoded()));
            }
        }
        CommonCertificateVerifier verifier = new CommonCertificateVerifier(true); // no AIA, CRL or OCSP over the network
        verifier.setTrustedCertSources(trusted);
        verifier.setCrlSource(new ExternalResourcesCRLSource(crls.toArray(new InputStream[0])));

        SignedDocumentValidator validator =
                SignedDocumentValidator.fromDocument(new FileDocument(new File(job.path("path").asText())));
        validator.setCertificateVerifier(verifier);
        if (!job.path("lenient").asBoolean() && validator instanceof PDFDocumentValidator pdf) {
            PdfBoxDefaultObjectFactory factory = new PdfBoxDefaultObjectFactory();
            factory.setPdfObjectModificationsFinder(new FieldValues());
            pdf.setPdfObjFactory(factory);
        }
        validator.setLocale(Locale.ENGLISH);
        if (!job.path("at").asText().isEmpty()) {
            validator.setValidationTime(Date.from(Instant.parse(job.path("at").asText())));
        }
        Reports reports = validator.validateDocument(policy(job.path("lenient").asBoolean()));
        SimpleReport report = reports.getSimpleReport();
        ArrayNode signatures = answer.putArray("signatures");
        for (String id : report.getSignatureIdList()) {
            SignatureWrapper wrapper = reports.getDiagnosticData().getSignatureById(id);
            ObjectNode s = signatures.addObject();
            s.put("field", wrapper.getPDFRevision() == null ? "" : wrapper.getPDFRevision().getFirstFieldName());
            s.put("indication", report.getIndication(id).name());
            SubIndication sub = report.getSubIndication(id);
            s.put("subIndication", sub == null ? "" : sub.name());
            s.put("level", String.valueOf(report.getSignatureFormat(id)));
            s.put("signedBy", report.getSignedBy(id));
            ArrayNode changes = s.putArray("changes");
            if (wrapper.getPDFRevision() != null) {
                changes(changes, "fill", wrapper.getPDFRevision().getPdfSignatureOrFormFillChanges());
                changes(changes, "extension", wrapper.getPDFRevision().getPdfExtensionChanges());
                changes(changes, "annotation", wrapper.getPDFRevision().getPdfAnnotationChanges());
                changes(changes, "undefined", wrapper.getPDFRevision().getPdfUndefinedChanges());
            }
            texts(s.putArray("errors"), report.getAdESValidationErrors(id));
            texts(s.putArray("warnings"), report.getAdESValidationWarnings(id));
            texts(s.putArray("info"), report.getAdESValidationInfo(id));
        }
        ArrayNode timestamps = answer.putArray("timestamps");
        for (String id : report.getTimestampIdList()) {
            ObjectNode s = timestamps.addObject();
            s.put("indication", report.getIndication(id).name());
            SubIndication sub = report.getSubIndication(id);
            s.put("subIndication", sub == null ? "" : sub.name());
            s.put("producedBy", report.getProducedBy(id));
            s.put("time", report.getProductionTime(id).toInstant().toString());
            texts(s.putArray("errors"), report.getAdESValidationErrors(id));
            texts(s.putArray("warnings"), report.getAdESValidationWarnings(id));
        }
    }

    private static ValidationPolicy policy(boolean lenient) throws Exception {
        String xml;
        try (InputStream in = ValidationPolicy.class.getResourceAsStream("/policy/constraint.xml")) {
            xml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        for (String name : lenient ? new String[0] : RAISED) {
            String warn = "<" + name + " Level=\"WARN\" />";
            if (!xml.contains(warn)) {
                throw new IllegalStateException("DSS's default policy has no " + warn + " to raise");
            }
            xml = xml.replace(warn, "<" + name + " Level=\"FAIL\" />");
        }
        return ValidationPolicyLoader.fromValidationPolicy(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
                .create();
    }

    private static void changes(ArrayNode to, String kind, List<XmlObjectModification> from) {
        for (XmlObjectModification m : from) {
            to.add(kind + " " + m.getAction() + " " + m.getValue());
        }
    }

    private static void texts(ArrayNode to, List<Message> from) {
        for (Message m : from) {
            to.add(m.getKey() + ": " + m.getValue());
        }
    }
}
