package judge

import (
	"os"
	"path/filepath"
	"testing"
)

// An HSM is a fresh SoftHSM2 token. A program that loads Module must have
// SOFTHSM2_CONF set to Conf before it does.
type HSM struct {
	Module     string // the PKCS#11 library
	Conf       string // value of SOFTHSM2_CONF
	Label      string // of the token
	PIN, SOPIN string
}

func findSoftHSM() (string, error) {
	if _, err := lookPaths("softhsm2-util")(); err != nil {
		return "", err
	}
	for _, pattern := range []string{
		"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so",
		"/usr/lib64/pkcs11/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so",
	} {
		if names, err := filepath.Glob(pattern); err == nil && len(names) > 0 {
			return names[0], nil
		}
	}
	return "", errMissing
}

// SoftHSM makes an empty token that lives as long as the test.
func SoftHSM(t testing.TB) HSM {
	t.Helper()
	hsm := HSM{Module: Need(t, "softhsm2"), Label: "antin", PIN: "246810", SOPIN: "13579111"}
	dir := t.TempDir()
	tokens := filepath.Join(dir, "tokens")
	if err := os.Mkdir(tokens, 0o700); err != nil {
		t.Fatalf("judge softhsm2: %v", err)
	}
	hsm.Conf = filepath.Join(dir, "softhsm2.conf")
	conf := "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n"
	if err := os.WriteFile(hsm.Conf, []byte(conf), 0o600); err != nil {
		t.Fatalf("judge softhsm2: %v", err)
	}
	out := runEnv(t, []string{"SOFTHSM2_CONF=" + hsm.Conf}, "softhsm2-util", "--init-token", "--free",
		"--label", hsm.Label, "--pin", hsm.PIN, "--so-pin", hsm.SOPIN)
	if out.code != 0 {
		t.Fatalf("judge softhsm2: making a token: %s", clip(out.stderr+out.stdout))
	}
	return hsm
}

// Import puts an unencrypted PKCS#8 PEM key onto the token under a label and a
// hexadecimal id.
func (h HSM) Import(t testing.TB, keyPEM []byte, label, id string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, keyPEM, 0o600); err != nil {
		t.Fatalf("judge softhsm2: %v", err)
	}
	out := runEnv(t, []string{"SOFTHSM2_CONF=" + h.Conf}, "softhsm2-util", "--import", file,
		"--token", h.Label, "--pin", h.PIN, "--label", label, "--id", id)
	if out.code != 0 {
		t.Fatalf("judge softhsm2: importing a key: %s", clip(out.stderr+out.stdout))
	}
}
