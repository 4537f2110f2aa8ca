"""Resident judge: pyHanko with difference analysis on.

Reads one JSON job per line from standard input and writes one JSON answer per
line to standard output, in the same order; ends when standard input does.

Job:    {"path": ..., "trust": base64 PEM, "crls": [base64 PEM or DER, ...],
         "at": RFC 3339 or "", "revocation": "soft-fail"|"hard-fail"|"require"}
Answer: {"signatures": [...], "ok": bool}, or {"error": ...} when pyHanko could
        not judge the file at all.

Network access is off: trust, chain and revocation come from the job and the
file. The difference analysis is pyHanko's default policy.
"""

import asyncio
import base64
import json
import logging
import os
import sys
from datetime import datetime

from asn1crypto import crl as asn1crl
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY
from pyhanko.sign.validation import (
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext


def ders(blob):
    """The DER objects in a PEM or DER blob."""
    if pem.detect(blob):
        return [der for _, _, der in pem.unarmor(blob, multiple=True)]
    return [blob] if blob else []


def context(job):
    kwargs = {}
    if job.get("at"):
        kwargs["moment"] = datetime.fromisoformat(job["at"])
        kwargs["best_signature_time"] = kwargs["moment"]
    crls = [
        asn1crl.CertificateList.load(der)
        for blob in job.get("crls") or []
        for der in ders(base64.b64decode(blob))
    ]
    roots = [
        x509.Certificate.load(der)
        for der in ders(base64.b64decode(job.get("trust") or ""))
    ]
    return ValidationContext(
        trust_roots=roots,
        crls=crls,
        allow_fetching=False,
        revocation_mode=job.get("revocation") or "soft-fail",
        **kwargs,
    )


def name(enum):
    return enum.name if enum is not None else ""


def describe(e):
    parts = []
    while e is not None and len(parts) < 5:
        parts.append(f"{type(e).__name__}: {e}")
        e = e.__cause__
    return " < ".join(parts)


async def judge_signature(embedded, job, timestamp):
    s = {"field": embedded.field_name, "timestamp": timestamp}
    try:
        if timestamp:
            status = await async_validate_pdf_timestamp(
                embedded, validation_context=context(job)
            )
        else:
            status = await async_validate_pdf_signature(
                embedded,
                signer_validation_context=context(job),
                ts_validation_context=context(job),
                diff_policy=DEFAULT_DIFF_POLICY,
            )
        subject = status.signing_cert.subject.human_friendly
        s["signer"] = subject
        s["intact"] = bool(status.intact)
        s["valid"] = bool(status.valid)
        s["trusted"] = bool(status.trusted)
        s["coverage"] = name(status.coverage)
        s["modification"] = name(getattr(status, "modification_level", None))
        # None: the signature sets no modification policy.
        s["docmdpOk"] = getattr(status, "docmdp_ok", None)
        s["summary"] = status.summary()
        diff = getattr(status, "diff_result", None)
        if isinstance(diff, Exception):
            s["diffError"] = str(diff)
        if timestamp:  # pyHanko draws no bottom line under these
            s["bottomLine"] = (
                s["intact"] and s["valid"] and s["trusted"]
                and not isinstance(diff, Exception)
            )
        else:
            s["bottomLine"] = bool(status.bottom_line)
        problem = getattr(status, "error_time_horizon", None)
        if problem is not None:
            s["errorTimeHorizon"] = str(problem)
        trust_problem = getattr(status, "trust_problem_indic", None)
        s["trustProblem"] = "" if trust_problem is None else str(trust_problem)
    except Exception as e:  # the verdict on one signature must not hide the others
        s["error"] = describe(e)
        s["bottomLine"] = False
    return s


async def judge(job):
    with open(job["path"], "rb") as f:
        reader = PdfFileReader(f, strict=True)
        signatures = [
            await judge_signature(e, job, False)
            for e in reader.embedded_regular_signatures
        ]
        timestamps = [
            await judge_signature(e, job, True)
            for e in reader.embedded_timestamp_signatures
        ]
    both = signatures + timestamps
    certification = next(
        (
            name(e.docmdp_level)
            for e in reader.embedded_regular_signatures
            if e.docmdp_level is not None
        ),
        "",
    )
    return {
        "signatures": both,
        "certification": certification,
        "ok": bool(signatures) and all(s["bottomLine"] for s in both),
    }


def main():
    logging.disable(logging.CRITICAL)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # a library that prints cannot break the protocol
    for line in sys.stdin:
        try:
            answer = asyncio.run(judge(json.loads(line)))
        except Exception as e:
            answer = {"error": describe(e)}
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
