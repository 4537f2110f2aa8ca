//go:build linux

package judge

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A SmallDisk is a file system in memory that can be made small.
type SmallDisk struct {
	t    testing.TB
	path string
	room int64
}

// MountSmall mounts a file system of room bytes at path for the length of the
// test. Only root may; anybody else's test is skipped (see Unfit), and root's on
// a machine that forbids it to root too, as containers do.
func MountSmall(t testing.TB, path string, room int64) *SmallDisk {
	t.Helper()
	return mountSmall(t, path, room, nil)
}

func mountSmall(t testing.TB, path string, room int64, owner *syscall.Credential) *SmallDisk {
	t.Helper()
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatalf("small disk: %v", err)
	}
	options := fmt.Sprintf("size=%d,mode=0700", room)
	if owner != nil {
		options += fmt.Sprintf(",uid=%d,gid=%d", owner.Uid, owner.Gid)
	}
	err := syscall.Mount("tmpfs", path, "tmpfs", 0, options)
	if errors.Is(err, syscall.EPERM) && os.Geteuid() == 0 {
		t.Skipf("optional judge small disk: this machine lets not even root mount one: %v", err)
	}
	if err != nil {
		Unfit(t, "small disk", fmt.Errorf("a disk that can be filled cannot be mounted at %s: %w", path, err))
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(path, syscall.MNT_DETACH); err != nil {
			t.Errorf("small disk: %v", err)
		}
	})
	return &SmallDisk{t: t, path: path, room: room}
}

// Leave makes the disk so small that n bytes are left.
func (d *SmallDisk) Leave(n int64) {
	d.t.Helper()
	var fs syscall.Statfs_t
	if err := syscall.Statfs(d.path, &fs); err != nil {
		d.t.Fatalf("small disk: %v", err)
	}
	d.resize(int64(fs.Blocks-fs.Bfree)*fs.Bsize + n)
}

// Free gives the disk the room back that it began with.
func (d *SmallDisk) Free() { d.t.Helper(); d.resize(d.room) }

func (d *SmallDisk) resize(n int64) {
	d.t.Helper()
	if err := syscall.Mount("tmpfs", d.path, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%d", n)); err != nil {
		d.t.Fatalf("small disk: %v", err)
	}
}

// PostgresOnSmallDisks is PostgresCluster with its tables on one disk and its
// write-ahead log, in segments of 1 MB of which none is given up, on another.
func PostgresOnSmallDisks(t testing.TB) (c *Cluster, data, log *SmallDisk) {
	t.Helper()
	const room = 256 << 20
	c = newCluster(t)
	data = mountSmall(t, filepath.Join(c.dir, "data"), room, c.cred)
	log = mountSmall(t, filepath.Join(c.dir, "log"), room, c.cred)
	c.init("--waldir="+log.path, "--wal-segsize=1")
	c.settings = []string{"-c", "min_wal_size=2MB", "-c", "wal_keep_size=1GB"}
	c.Start()
	t.Cleanup(c.Crash)
	return c, data, log
}

// Said reports whether the server has written some words since it was started.
func (c *Cluster) Said(words string) bool { return strings.Contains(c.words.String(), words) }

// Ended waits until the server has ended by itself.
func (c *Cluster) Ended() {
	c.t.Helper()
	select {
	case <-c.ended:
	case <-time.After(limit):
		c.t.Fatalf("judge postgresql: it goes on: %s", clip(c.words.String()))
	}
}
