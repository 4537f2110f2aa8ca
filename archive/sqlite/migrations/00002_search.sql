-- +goose Up
-- Terms as archive.IndexTerms makes them; the row's id is the document's seq.
CREATE VIRTUAL TABLE document_words USING fts5 (
    subject, recipients, other,
    content = '', contentless_delete = 1, detail = column,
    tokenize = 'unicode61 remove_diacritics 0'
);
