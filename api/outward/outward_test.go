package outward

import (
	"errors"
	"net/http/httptest"
	"testing"
)

func TestPublic(t *testing.T) {
	for address, ok := range map[string]bool{
		"127.0.0.1:80": false, "[::1]:80": false, "10.1.2.3:80": false, "192.168.1.1:80": false, "169.254.169.254:80": false,
		"[fd00::1]:80": false, "[::ffff:10.0.0.1]:80": false, "0.0.0.0:80": false, "203.0.113.9:443": true, "[2001:db8::1]:443": true,
	} {
		if err := public(address); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestDialer(t *testing.T) {
	server := httptest.NewServer(nil)
	defer server.Close()
	address := server.Listener.Addr().String()
	if _, err := Dialer(false).DialContext(t.Context(), "tcp", address); !errors.Is(err, ErrPrivate) {
		t.Errorf("a private address gave %v", err)
	}
	c, err := Dialer(true).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
