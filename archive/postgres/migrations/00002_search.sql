-- +goose Up
-- Terms as archive.IndexTerms makes them, with weight A for the subject, B for
-- recipients, C for the rest.
CREATE TABLE document_words (
    seq   BIGINT   PRIMARY KEY REFERENCES documents (seq),
    words TSVECTOR NOT NULL
);
CREATE INDEX document_words_words ON document_words USING gin (words);
