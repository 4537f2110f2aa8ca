// Package outward makes connections to addresses that others chose: it refuses
// those inside a network, by the address that is really dialled, so that a name
// which points inside is refused too.
package outward

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// ErrPrivate says that an address is not one on the public network.
var ErrPrivate = errors.New("the address is not public")

// Dialer makes connections within five seconds. allowPrivate lets it go to
// loopback, private and link-local addresses.
func Dialer(allowPrivate bool) *net.Dialer {
	d := &net.Dialer{Timeout: 5 * time.Second}
	if !allowPrivate {
		d.Control = func(_, address string, _ syscall.RawConn) error { return public(address) }
	}
	return d
}

func public(address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("read the address %s: %w", address, err)
	}
	if a := ap.Addr().Unmap(); !a.IsGlobalUnicast() || a.IsPrivate() {
		return fmt.Errorf("%s: %w", a, ErrPrivate)
	}
	return nil
}
