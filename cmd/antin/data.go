package main

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"antin/api/fetch"
	"antin/api/problem"
	"antin/archive"
	"antin/archive/postgres"
	"antin/archive/sqlite"
	"antin/issuance"
	"antin/issuance/demo"
	"antin/signer/tsp"
	"antin/signer/verify"
	"antin/templates"
)

// databaseFile is the SQLite file in the data folder.
const databaseFile = "antin.db"

// app is the service over one data folder.
type app struct {
	service *issuance.Service
	store   archive.Store
	demo    bool // the folder holds the demonstration
	log     *slog.Logger
}

// open wires the service over the data folder, which it makes when it is not
// there, with the demonstration agencies in it.
func (c *cli) open(ctx context.Context, log *slog.Logger) (*app, error) {
	dir := c.config.Data
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, problem.New(problem.FileUnwritable, err, dir, plain(err))
	}
	if _, err := demo.Make(dir, c.now()); err != nil {
		return nil, err
	}
	a, err := c.openThere(ctx, log)
	if err != nil {
		return nil, err
	}
	if err := a.service.Prepare(ctx); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

// openThere wires the service over a data folder as it is and makes nothing: for
// commands that only look after what is there.
func (c *cli) openThere(ctx context.Context, log *slog.Logger) (*app, error) {
	dir := c.config.Data
	if c.config.DatabaseURL == "" {
		if _, err := os.Stat(filepath.Join(dir, databaseFile)); err != nil && !isDir(dir) {
			return nil, problem.New(problem.FileUnreadable, err, filepath.Join(dir, databaseFile), plain(err))
		}
	}
	a := &app{log: log, demo: isFile(filepath.Join(dir, "trust", demo.RootFile))}
	agencies := map[string]*issuance.Agency{}
	var err error
	if folder := filepath.Join(dir, "agencies"); isDir(folder) {
		if agencies, err = issuance.OpenAgencies(folder); err != nil {
			return nil, err
		}
	}
	forms, err := templates.Embedded()
	if err != nil {
		return nil, fmt.Errorf("load the forms: %w", err)
	}
	trust, err := verify.LoadTrust(filepath.Join(dir, "trust"))
	if err != nil && !errors.Is(err, verify.ErrNoAnchor) && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	auditKey, err := issuance.LoadAuditKey(os.DirFS(dir))
	if err != nil {
		return nil, err
	}
	if a.store, err = c.openStore(ctx, dir); err != nil {
		return nil, err
	}
	a.service = issuance.New(issuance.Options{
		Store: a.store, Forms: forms, Agencies: agencies, Trust: trust, AuditKey: auditKey, Preservation: c.preservation(),
		PublicURL: c.config.PublicURL, Now: c.now, Log: log,
	})
	return a, nil
}

// preservation is nil when no time-stamping authority is configured.
func (c *cli) preservation() *issuance.Preservation {
	if c.config.TimestampURL == "" {
		return nil
	}
	client := &tsp.Client{URL: c.config.TimestampURL}
	p := &issuance.Preservation{Token: func(ctx context.Context, digest []byte) ([]byte, error) {
		return client.TimestampDigest(ctx, crypto.SHA256, digest)
	}}
	if len(c.config.RevocationHosts) > 0 {
		p.Fetch = fetch.New(fetch.Options{Hosts: c.config.RevocationHosts, AllowPrivate: c.config.RevocationPrivate})
	}
	return p
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func (c *cli) openStore(ctx context.Context, dir string) (archive.Store, error) {
	files, err := c.config.files(ctx)
	if err != nil {
		return nil, err
	}
	if c.config.DatabaseURL != "" {
		return postgres.OpenWith(ctx, c.config.DatabaseURL, files)
	}
	return sqlite.OpenWith(ctx, filepath.Join(dir, databaseFile), files)
}

func (a *app) close() error { return a.store.Close() }

// logger writes to standard error.
func (c *cli) logger(w io.Writer) *slog.Logger {
	if c.config.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}
