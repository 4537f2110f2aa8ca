package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Write makes a new archive file and lets fill copy into it; a file that could
// not be filled is removed. It is how another store writes its backup.
func Write(ctx context.Context, path string, fill func(*sql.Tx) error) error {
	return whole(path, func(part string) error {
		if err := prepare(part); err != nil {
			return err
		}
		db, err := sql.Open("sqlite", dsn(part, false))
		if err != nil {
			return err
		}
		err = migrate(ctx, db)
		if err == nil {
			err = inTx(ctx, db, nil, fill)
		}
		if err == nil {
			_, err = db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
		}
		return errors.Join(err, db.Close())
	})
}

// whole lets write make a file beside path, and gives it that name once it is
// complete and on disk: who is killed in between leaves nothing that could be
// taken for an archive, and no hindrance for the next try.
func whole(path string, write func(part string) error) (err error) {
	if err := absent(path); err != nil {
		return err
	}
	part := path + ".part"
	if err := remove(part); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(full(err), remove(part))
		}
	}()
	if err := write(part); err != nil {
		return err
	}
	if err := errors.Join(syncFile(part), os.Rename(part, path)); err != nil {
		return err
	}
	return syncFile(filepath.Dir(path))
}

// Read brings a copy of a backup file up to date and lets use read it. The
// backup itself is left as it is.
func Read(ctx context.Context, backup string, use func(*sql.Tx) error) (err error) {
	dir, err := os.MkdirTemp("", "antin-restore-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "backup.db")
	if err := copyFile(backup, path); err != nil {
		return err
	}
	db, err := checked(ctx, path)
	if err != nil {
		return fmt.Errorf("%s: %w", backup, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return inTx(ctx, db, &sql.TxOptions{ReadOnly: true}, use)
}

// Restore puts a backup file where an archive is to be. It refuses to overwrite
// one, and to restore a file that is damaged or no archive.
func Restore(ctx context.Context, backup, path string) error {
	err := whole(path, func(part string) error {
		if err := copyFile(backup, part); err != nil {
			return err
		}
		db, err := checked(ctx, part)
		if err != nil {
			return err
		}
		_, err = db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
		return errors.Join(err, db.Close())
	})
	if err != nil {
		return fmt.Errorf("restoring %s: %w", backup, err)
	}
	return nil
}

// checked opens an archive file, brings it up to date and looks for damage.
func checked(ctx context.Context, path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		return nil, err
	}
	var name string
	if err := db.QueryRowContext(ctx, `SELECT name FROM sqlite_master WHERE name = 'audit_head'`).Scan(&name); err != nil {
		return nil, errors.Join(errors.New("the file is not an archive"), err, db.Close())
	}
	damage, err := examine(ctx, db, "")
	if err == nil && len(damage) > 0 {
		err = fmt.Errorf("the file is damaged: %s", damage[0])
	}
	if err == nil {
		err = migrate(ctx, db)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func inTx(ctx context.Context, db *sql.DB, opts *sql.TxOptions, f func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func absent(path string) error {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return fmt.Errorf("%s exists already", path)
	case !errors.Is(err, os.ErrNotExist):
		return err
	}
	return nil
}

func remove(path string) (err error) {
	for _, p := range []string{path, path + "-wal", path + "-shm"} {
		if e := os.Remove(p); e != nil && !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

func copyFile(from, to string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
