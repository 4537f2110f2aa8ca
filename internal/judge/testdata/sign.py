"""Makes signed files for the judges' own tests, with pyHanko, so that the
judges can be tested without the code they are to judge.

Arguments: SOURCE TARGET KEY CERTIFICATE CHAIN [edit]
Two signatures into TARGET: "first" certifies with form filling allowed, "second"
approves and locks the field "so". With "edit" the page is changed afterwards, by an
incremental update that no signature allows; with "refill" the locked field is.
"""

import sys

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers


def main(source, target, key, certificate, chain, after=""):
    signer = signers.SimpleSigner.load(key, certificate, ca_chain_files=[chain])
    with open(source, "rb") as f:
        w = IncrementalPdfFileWriter(f)
        fields.append_signature_field(w, fields.SigFieldSpec("first"))
        fields.append_signature_field(
            w,
            fields.SigFieldSpec(
                "second",
                field_mdp_spec=fields.FieldMDPSpec(
                    fields.FieldMDPAction.INCLUDE, fields=["so"]
                ),
            ),
        )
        out = signers.sign_pdf(
            w,
            signers.PdfSignatureMetadata(
                field_name="first",
                certify=True,
                docmdp_permissions=fields.MDPPerm.FILL_FORMS,
                subfilter=fields.SigSeedSubFilter.PADES,
            ),
            signer=signer,
        )
    w = IncrementalPdfFileWriter(out)
    out = signers.sign_pdf(
        w,
        signers.PdfSignatureMetadata(
            field_name="second", subfilter=fields.SigSeedSubFilter.PADES
        ),
        signer=signer,
    )
    if after == "edit":
        w = IncrementalPdfFileWriter(out)
        stream = generic.StreamObject(stream_data=b"0 0 100 100 re f")
        w.add_stream_to_page(0, w.add_object(stream))
        w.write_in_place()
    if after == "refill":
        w = IncrementalPdfFileWriter(out)
        field = w.root["/AcroForm"]["/Fields"][0]
        field["/V"] = generic.TextStringObject("16/QD")
        w.update_container(field)
        w.write_in_place()
    with open(target, "wb") as f:
        f.write(out.getvalue())


main(*sys.argv[1:])
