package verify_test

// differences explains each disagreement of a judge with verify by the clause
// that decides, keyed by judge and file.
var differences = func() map[string]string {
	out := map[string]string{}
	for _, d := range []struct {
		judge, why string
		files      []string
	}{
		{
			"pyHanko", "its basic validation takes no account of the time-stamp as proof of existence; the validation with time does (ETSI EN 319 102-1, 5.5), and the stamp is older than expiry or revocation.",
			[]string{"expired-since-with-timestamp", "revoked-after-the-timestamp"},
		},
		{
			"DSS", "its policy demands revocation data; ETSI EN 319 102-1, 5.2.5 leaves what is fresh enough to the policy, and Thông tư 15/2025/TT-BKHCN, Phụ lục II asks for a warning, which verify gives (RevocationRequire gives TRY_LATER).",
			[]string{"revocation-unknown-warns"},
		},
		{
			"pyHanko", "it allows no annotation at all; ISO 32000-1, table 254 lets P=3 allow them. verify passes, with a warning, only notes that can hide nothing.",
			[]string{"certified-p3-note-added"},
		},
		{
			"pyHanko", "it skips what follows the CMS object in /Contents; ISO 32000-2, 12.8.3.3.1 lets only zero padding stand there, and the bytes are covered by no signature.",
			[]string{"bytes-hidden-after-the-signature"},
		},
		{
			"DSS", "it skips what follows the CMS object in /Contents; ISO 32000-2, 12.8.3.3.1 lets only zero padding stand there, and the bytes are covered by no signature.",
			[]string{"bytes-hidden-after-the-signature"},
		},
		{
			"DSS", "it silently leaves out a signature that it cannot parse and reports the others; the field has a signature dictionary (ISO 32000-1, 12.7.4.5), so there is a signature to judge, and ISO 32000-1, table 252 requires /Contents.",
			[]string{"contents-zeroed", "contents-not-cms", "byterange-missing", "byterange-null", "contents-missing", "contents-null", "contents-empty"},
		},
		{
			"pyHanko", "it reads to the last %%EOF and ignores the rest; ISO 32000-1, 7.5.5 makes %%EOF the last line, and the bytes are covered by no signature.",
			[]string{"bytes-after-the-end", "html-after-the-end"},
		},
		{
			"DSS", "it reads to the last %%EOF and ignores the rest; ISO 32000-1, 7.5.5 makes %%EOF the last line, and the bytes are covered by no signature.",
			[]string{"bytes-after-the-end", "html-after-the-end"},
		},
		{
			"pyHanko", "it follows the last startxref back to an earlier revision and never sees the one in between; ISO 32000-1, 7.5.6: every update is chained by /Prev.",
			[]string{"several-startxref"},
		},
		{
			"DSS", "it follows the last startxref back to an earlier revision and never sees the one in between; ISO 32000-1, 7.5.6: every update is chained by /Prev.",
			[]string{"several-startxref"},
		},
		{
			"pyHanko", "cut back to revision 2 the file is a sound certified document; that the agency's seal is missing follows from Nghị định 30/2020/NĐ-CP, Điều 32.2.c and d, not from PDF.",
			[]string{"seal-cut-off"},
		},
		{
			"DSS", "cut back to revision 2 the file is a sound certified document; that the agency's seal is missing follows from Nghị định 30/2020/NĐ-CP, Điều 32.2.c and d, not from PDF.",
			[]string{"seal-cut-off"},
		},
		{
			"DSS", "PDFBox repairs the wrong cross-reference by searching the file; ISO 32000-1, 7.5.4 lets an entry lead to no other object, and other readers show a blank page.",
			[]string{"entry-to-another-object"},
		},
		{
			"DSS", "it compares page pictures and objects by path and finds no difference that its rules name; ISO 32000-1, table 254 (P=2) allows form filling and signing only.",
			[]string{"shadow-replace-font-program", "unused-object-overwritten"},
		},
		{
			"DSS", "it takes every change below /Names for an extension; ISO 32000-1, table 254 (P=2) does not allow scripts or attachments to be added.",
			[]string{"script-by-name", "file-attached"},
		},
		{
			"pyHanko", "it lets the document information and XMP packet change at will; verify lets only the traces of a save change, since ISO 32000-1, table 254 (P=2) names nothing else and the title may be shown to the reader in place of the file name (12.2, DisplayDocTitle).",
			[]string{"title-changed", "metadata-title-changed"},
		},
		{
			"DSS", "it lets the document information and XMP packet change at will; verify lets only the traces of a save change, since ISO 32000-1, table 254 (P=2) names nothing else and the title may be shown to the reader in place of the file name (12.2, DisplayDocTitle).",
			[]string{"title-changed", "metadata-title-changed"},
		},
		{
			"pyHanko", "it does not compare the permanent identifier; ISO 32000-1, 14.4: the first part stays for the life of a document.",
			[]string{"identifier-changed"},
		},
		{
			"DSS", "it does not compare the permanent identifier; ISO 32000-1, 14.4: the first part stays for the life of a document.",
			[]string{"identifier-changed"},
		},
		{
			"DSS", "it takes everything below /DSS for validation data; ISO 32000-2, tables 261 and 262 list the entries.",
			[]string{"store-holds-other-things"},
		},
		{
			"pyHanko", "it does not compare what a field shows with its value; ISO 32000-1, 12.7.3.3: the appearance of a text field presents the value of /V.",
			[]string{"stamp-shows-other-text", "stamp-draws-a-picture", "stamp-text-invisible", "shadow-replace-field-value"},
		},
		{
			"DSS", "it does not compare what a field shows with its value; ISO 32000-1, 12.7.3.3: the appearance of a text field presents the value of /V.",
			[]string{"stamp-shows-other-text", "stamp-draws-a-picture", "stamp-text-invisible"},
		},
		{
			"DSS", "it takes every change of a field for form filling; ISO 32000-1, table 254 (P=2) allows filling in, and 12.8.2.2.2 has the two versions compared: place, name, visibility and actions of a field are not its value.",
			[]string{"stamp-field-enlarged", "field-action", "field-look-changed"},
		},
		{
			"pyHanko", "it lets /DA, /DR and /NeedAppearances change at will; with them the viewer draws the fields anew (ISO 32000-1, 12.7.2 and 12.7.3.3), which is not filling.",
			[]string{"field-look-changed", "appearances-to-be-made-anew", "form-font-replaced"},
		},
		{
			"DSS", "it lets the default resources change; with them the viewer draws the fields anew (ISO 32000-1, 12.7.2 and 12.7.3.3), which is not filling.",
			[]string{"form-font-replaced"},
		},
		{
			"pyHanko", "it judges the new signature and counts the exchange as form filling for the other; the sealed revision held another signature in this field, and ISO 32000-1, 12.7.4.5 gives a field one signature.",
			[]string{"signature-exchanged"},
		},
		{
			"DSS", "it judges only the signatures that the last revision shows; the sealed revision held another signature in this field, and ISO 32000-1, 12.7.4.5 gives a field one signature.",
			[]string{"signature-exchanged"},
		},
		{
			"DSS", "P=3 lets annotations be added (ISO 32000-1, table 254); verify refuses those with a picture of their own, which can hide content (\"Attacks on PDF Certification\", 2021).",
			[]string{"evil-annotation-on-p3", "evil-highlight-on-p3"},
		},
		{
			"DSS", "it counts a visible signature on a certified document as signing, which ISO 32000-1, table 254 (P=2) allows; but its field is a new annotation with a picture, which only P=3 allows, and the picture can cover what was certified (\"Attacks on PDF Certification\", 2021, sneaky signature).",
			[]string{"visible-signature-on-certified"},
		},
		{
			"pyHanko", "it does not look at where the new signature stands; verify refuses a picture that covers a field or a quarter of the page, because what it hides was signed as visible: an annotation is drawn over the page (ISO 32000-1, 12.5.5). How much is too much is our rule, no clause.",
			[]string{"later-signature-covers-a-field", "later-signature-covers-the-page"},
		},
		{
			"DSS", "it only warns that elements overlap; verify refuses a picture that covers a field or a quarter of the page, because what it hides was signed as visible: an annotation is drawn over the page (ISO 32000-1, 12.5.5). How much is too much is our rule, no clause.",
			[]string{"later-signature-covers-a-field", "later-signature-covers-the-page"},
		},
		{
			"pyHanko", "RFC 5652 allows it; ISO 32000-2, 12.8.3.4.3 (a, e, f) does not for ETSI.CAdES.detached: content-type, message-digest and signing-certificate or signing-certificate-v2 are signed attributes that have to be there.",
			[]string{"no-signed-attributes", "signing-certificate-missing"},
		},
		{
			"DSS", "its default policy only warns; ISO 32000-2, 12.8.3.4.3 (f) makes signing-certificate or signing-certificate-v2 a signed attribute of every PAdES signature.",
			[]string{"signing-certificate-missing"},
		},
		{
			"DSS", "it judges the first of them; ISO 32000-2, 12.8.3.4.3 (d): exactly one SignerInfo.",
			[]string{"two-signers-in-one"},
		},
		{
			"DSS", "it ignores /SubFilter and judges the CMS that happens to stand in /Contents; another encoding was declared (ISO 32000-1, table 257), by which /Contents would not be CMS at all; ISO 32000-2 deprecates adbe.x509.rsa_sha1.",
			[]string{"adbe-x509-rsa-sha1", "unknown-kind"},
		},
		{
			"DSS", "its default policy does not look at the purpose of the certificate; RFC 5280, 4.2.1.3, 4.2.1.9 and 4.2.1.12.",
			[]string{"signed-by-the-authority-itself", "certificate-not-for-signing", "certificate-of-a-web-server", "certificate-of-a-time-stamping-authority"},
		},
		{
			"DSS", "its default policy lets unknown critical extensions pass; RFC 5280, 4.2: a system must reject the certificate.",
			[]string{"unknown-critical-extension"},
		},
		{
			"pyHanko", "it is asked in soft-fail mode when no CRL is at hand; the sample demands revocation data (ETSI EN 319 102-1, 5.2.5, TRY_LATER).",
			[]string{"revocation-unknown-when-required"},
		},
		{
			"pyHanko", "it does not judge the claimed time; Thông tư 15/2025/TT-BKHCN, Phụ lục II wants the time of signing within the validity of the certificate, and a time to come or after the time-stamp cannot be true (ETSI EN 319 102-1, 5.5).",
			[]string{"claimed-time-in-the-future", "claimed-time-before-the-certificate", "claimed-time-after-the-timestamp"},
		},
		{
			"DSS", "it does not judge the claimed time; Thông tư 15/2025/TT-BKHCN, Phụ lục II wants the time of signing within the validity of the certificate, and a time to come or after the time-stamp cannot be true (ETSI EN 319 102-1, 5.5).",
			[]string{"claimed-time-in-the-future", "claimed-time-after-the-timestamp"},
		},
		{
			"DSS", "it leaves the broken time-stamp out; verify says INDETERMINATE, because RFC 3161, appendix A makes the imprint the hash of this very signature value, and someone put another token there.",
			[]string{"timestamp-of-another-signature", "timestamp-malformed"},
		},
		{
			"DSS", "it reports the document time-stamp apart and here leaves it out; ISO 32000-2, 12.8.5.2 and table 255: its imprint is the digest of the byte range of this file.",
			[]string{"document-timestamp-of-another-file"},
		},
		{
			"pyHanko", "it judges each signature by itself; ISO 32000-1, 12.8.2.2.1: a document has at most one DocMDP signature, and it is the first.",
			[]string{"second-certification", "certification-after-approval"},
		},
		{
			"DSS", "it judges each signature by itself; ISO 32000-1, 12.8.2.2.1: a document has at most one DocMDP signature, and it is the first.",
			[]string{"second-certification", "certification-after-approval"},
		},
	} {
		for _, f := range d.files {
			out[d.judge+" "+f] = d.why
		}
	}
	return out
}()
