package antin.judge;

import eu.europa.esig.dss.pdf.PdfArray;
import eu.europa.esig.dss.pdf.PdfDict;
import eu.europa.esig.dss.pdf.PdfDocumentReader;
import eu.europa.esig.dss.pdf.PdfObject;
import eu.europa.esig.dss.pdf.PdfSimpleObject;
import eu.europa.esig.dss.pdf.modifications.DefaultPdfObjectModificationsFinder;
import eu.europa.esig.dss.pdf.modifications.ObjectModification;
import eu.europa.esig.dss.pdf.modifications.PdfObjectModifications;
import eu.europa.esig.dss.pdf.modifications.PdfObjectModificationsFinder;
import eu.europa.esig.dss.pdf.modifications.PdfObjectTree;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What DSS finds changed between two revisions, and the fields whose text value changed with them.
 *
 * <p>DSS compares the names of changed fields with FieldMDP and the field lock (ISO 32000-1, 12.8.2.4), but it has a
 * name only where the whole field is new or gone: of another /V in a field that stays, it records the string and
 * forgets the field it is in (ObjectModification.getFieldName, DSS 6.4). This gives it the field, and leaves the
 * verdict to DSS's own check of the lock.
 */
final class FieldValues implements PdfObjectModificationsFinder {
    private static final int DEPTH = 32;

    private final PdfObjectModificationsFinder all = new DefaultPdfObjectModificationsFinder();

    @Override
    public PdfObjectModifications find(PdfDocumentReader signed, PdfDocumentReader last) {
        PdfObjectModifications found = all.find(signed, last);
        Map<String, PdfDict> before = new HashMap<>();
        Map<String, PdfDict> after = new HashMap<>();
        collect(before, "", fields(signed), DEPTH);
        collect(after, "", fields(last), DEPTH);
        before.forEach((name, field) -> {
            PdfDict now = after.get(name);
            if (now != null && !Objects.equals(text(field), text(now))) {
                PdfObjectTree tree = new PdfObjectTree("AcroForm");
                tree.addKey("Fields");
                tree.addKey(name);
                tree.addKey("V");
                found.addFormFillInAndSignatureCreationChange(ObjectModification.modify(tree, field, now));
            }
        });
        return found;
    }

    private static PdfArray fields(PdfDocumentReader revision) {
        PdfDict form = revision.getCatalogDictionary().getAsDict("AcroForm");
        return form == null ? null : form.getAsArray("Fields");
    }

    private static void collect(Map<String, PdfDict> to, String parent, PdfArray fields, int depth) {
        for (int i = 0; fields != null && depth > 0 && i < fields.size(); i++) {
            PdfDict field = fields.getAsDict(i);
            String name = field == null ? null : field.getStringValue("T");
            if (name == null) {
                continue;
            }
            name = parent.isEmpty() ? name : parent + "." + name;
            to.put(name, field);
            collect(to, name, field.getAsArray("Kids"), depth - 1);
        }
    }

    /** The value of a text field; that of a signature field is a dictionary and is no text. */
    private static Object text(PdfDict field) {
        PdfObject value = field.getObject("V");
        return value instanceof PdfSimpleObject simple ? simple.getValue() : null;
    }
}
