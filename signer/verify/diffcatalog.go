package verify

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"antin/internal/pdf"
)

// compareCatalog walks the catalogs (ISO 32000-1, 7.7.2). The form comes
// first, because pages and structure lead to its fields too.
func (d *differ) compareCatalog(o, n pdf.Object) error {
	od, nd, _, nr, ok, err := d.dicts(o, n, "catalog", "Catalog")
	if err != nil || !ok {
		return err
	}
	if r, ok := od["AcroForm"].(pdf.Ref); ok && nd["AcroForm"] == pdf.Object(r) {
		d.acroForm = r
	}
	if err := d.compareForm(od["AcroForm"], nd["AcroForm"]); err != nil {
		return err
	}
	for _, k := range keys(od, nd) {
		path, ov, nv := "Catalog/"+string(k), od[k], nd[k]
		var err error
		switch k {
		case "AcroForm":
		case "DSS":
			err = d.compareStore(ov, nv)
		case "Extensions":
			err = d.compareExtensions(ov, nv)
		case "Metadata":
			err = d.compareMetadata(ov, nv)
		case "Version":
			err = d.compareVersion(ov, nv, nr)
		case "Pages":
			err = d.strict(ov, nv, "page_tree", path)
		default:
			err = d.strict(ov, nv, catalogZone(k), path)
		}
		if err != nil {
			return err
		}
	}
	for _, r := range slices.SortedFunc(maps.Keys(d.pages), func(a, b pdf.Ref) int { return d.pages[a] - d.pages[b] }) {
		if err := d.comparePage(r); err != nil {
			return err
		}
	}
	return nil
}

func catalogZone(k pdf.Name) zone {
	switch k {
	case "OpenAction", "AA":
		return "action"
	case "Names", "Dests":
		return "names"
	case "Perms":
		return "perms"
	case "OCProperties":
		return "layers"
	case "StructTreeRoot", "MarkInfo":
		return "structure"
	case "Outlines":
		return "outlines"
	case "OutputIntents":
		return "color"
	}
	return "catalog"
}

func (d *differ) compareVersion(o, n pdf.Object, at pdf.Ref) error {
	ov, _ := o.(pdf.Name)
	nv, ok := n.(pdf.Name)
	if o == nil && ok || ok && nv >= ov {
		return nil
	}
	return d.values(o, n, at, "catalog", "Catalog/Version")
}

// compareExtensions allows developer extensions to be added (ISO 32000-1,
// 7.12), as every PAdES writer does.
func (d *differ) compareExtensions(o, n pdf.Object) error {
	if o == nil {
		return nil
	}
	od, nd, _, nr, ok, err := d.dicts(o, n, "catalog", "Catalog/Extensions")
	if err != nil || !ok {
		return err
	}
	for k, ov := range od {
		if k == "ADBE" || k == "ESIC" || k == "ISO_" { // levels rise with what is added
			continue
		}
		if isScalar(ov) && isScalar(nd[k]) && !sameScalar(ov, nd[k]) {
			return d.values(ov, nd[k], nr, "catalog", "Catalog/Extensions/"+string(k))
		}
		if err := d.strict(ov, nd[k], "catalog", "Catalog/Extensions/"+string(k)); err != nil {
			return err
		}
	}
	return nil
}

// compareStore judges the document security store (ETSI EN 319 142-1, 5.4.2;
// ISO 32000-2, 12.8.4.3): any certificates, CRLs and OCSP responses may come
// in, nothing else.
func (d *differ) compareStore(o, n pdf.Object) error {
	const path = "Catalog/DSS"
	if n == nil {
		d.add(NotPermitted, "store_removed", path, pdf.Ref{})
		return nil
	}
	before := map[pdf.Ref]bool{}
	if err := storeShape(d.old, o, before, d.budget); err != nil && o != nil && !errors.Is(err, errShape) {
		return err
	}
	after := map[pdf.Ref]bool{}
	if err := storeShape(d.new, n, after, d.budget); errors.Is(err, errShape) {
		d.add(NotPermitted, "store_malformed", path, pdf.Ref{})
		return nil
	} else if err != nil {
		return err
	}
	for r := range before {
		d.visited[r.Num] = true
	}
	changed := o == nil || !maps.Equal(before, after)
	for r := range after {
		e, rev, ok := d.new.Entry(r.Num)
		changed = changed || ok && rev == d.rev && e.Kind != pdf.Free
	}
	if changed {
		d.add(LTAUpdates, "store_extended", path, pdf.Ref{})
	}
	return nil
}

var errShape = errors.New("not a document security store")

// storeShape collects the objects of a security store and reports errShape
// when something else than a store is found.
func storeShape(f *pdf.File, o pdf.Object, refs map[pdf.Ref]bool, budget *int) error {
	get := func(o pdf.Object) (pdf.Object, error) {
		if *budget--; *budget < 0 {
			return nil, errBudget
		}
		v, r, err := resolve(f, o)
		if r.Num > 0 {
			refs[r] = true
		}
		return v, err
	}
	streams := func(o pdf.Object) error {
		v, err := get(o)
		if err != nil {
			return err
		}
		list, ok := v.(pdf.Array)
		if !ok {
			return errShape
		}
		for _, el := range list {
			if v, err = get(el); err != nil {
				return err
			}
			if _, ok := v.(*pdf.Stream); !ok {
				return errShape
			}
		}
		return nil
	}
	part := func(d pdf.Dict, plain []pdf.Name, lists []pdf.Name, each func(pdf.Name, pdf.Object) error) error {
		for k, v := range d {
			var err error
			switch {
			case slices.Contains(lists, k):
				err = streams(v)
			case slices.Contains(plain, k):
				_, err = get(v)
			default:
				err = each(k, v)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	refuse := func(pdf.Name, pdf.Object) error { return errShape }
	v, err := get(o)
	if err != nil {
		return err
	}
	dss, ok := v.(pdf.Dict)
	if !ok {
		return errShape
	}
	return part(dss, []pdf.Name{"Type"}, []pdf.Name{"Certs", "CRLs", "OCSPs"}, func(k pdf.Name, v pdf.Object) error {
		if k != "VRI" {
			return errShape
		}
		v, err := get(v)
		if err != nil {
			return err
		}
		vri, ok := v.(pdf.Dict)
		if !ok {
			return errShape
		}
		return part(vri, []pdf.Name{"Type"}, nil, func(_ pdf.Name, v pdf.Object) error {
			if v, err = get(v); err != nil {
				return err
			}
			one, ok := v.(pdf.Dict)
			if !ok {
				return errShape
			}
			return part(one, []pdf.Name{"Type", "TU", "TS"}, []pdf.Name{"Cert", "CRL", "OCSP"}, refuse)
		})
	})
}

// compareInfo lets the traces of a save change: /ModDate, /Producer and
// /Creator (ISO 32000-1, 14.3.3). What the document says of itself stays.
func (d *differ) compareInfo(o, n pdf.Object) error {
	ov, nv, _, nr, err := d.both(o, n)
	if err != nil {
		return err
	}
	od, _ := ov.(pdf.Dict)
	nd, ok := nv.(pdf.Dict)
	if !ok && nv != nil {
		d.add(NotPermitted, "info_changed", "Trailer/Info", nr)
		return nil
	}
	for _, k := range keys(od, nd) {
		a, b, _, _, err := d.both(od[k], nd[k])
		if err != nil {
			return err
		}
		if isScalar(a) && isScalar(b) && sameScalar(a, b) {
			continue
		}
		if _, plain := b.(pdf.String); (plain || b == nil) && (k == "ModDate" || k == "Producer" || k == "Creator") {
			d.add(LTAUpdates, "save_traces", "Trailer/Info", nr)
			continue
		}
		if err := d.strict(od[k], nd[k], "info", "Trailer/Info/"+string(k)); err != nil {
			return err
		}
	}
	return nil
}

// compareMetadata lets the traces of a save change in the XMP packet and
// nothing else.
func (d *differ) compareMetadata(o, n pdf.Object) error {
	const path = "Catalog/Metadata"
	ov, nv, _, nr, err := d.both(o, n)
	if err != nil {
		return err
	}
	os, ok1 := ov.(*pdf.Stream)
	ns, ok2 := nv.(*pdf.Stream)
	if !ok1 || !ok2 {
		return d.values(ov, nv, nr, "metadata", path)
	}
	if os == ns || bytes.Equal(os.Raw, ns.Raw) {
		return d.entries(os.Dict, ns.Dict, nr, "metadata", path, []pdf.Name{"Length"})
	}
	a, err := d.old.Decode(os, maxMetadata)
	if err != nil {
		return err
	}
	b, err := d.new.Decode(ns, maxMetadata)
	if err != nil {
		return err
	}
	x, err1 := withoutTraces(a)
	y, err2 := withoutTraces(b)
	if err1 != nil || err2 != nil || x != y {
		d.add(NotPermitted, "metadata_changed", path, nr)
		return nil //nolint:nilerr // said as a change that is not permitted
	}
	d.add(LTAUpdates, "save_traces", path, nr)
	return nil
}

const maxMetadata = 1 << 20

// withoutTraces is the text of an XMP packet without the properties that every
// save changes.
func withoutTraces(packet []byte) (string, error) {
	traces := []string{"ModifyDate", "MetadataDate", "CreatorTool", "Producer", "InstanceID", "History"}
	dec := xml.NewDecoder(bytes.NewReader(packet))
	var out strings.Builder
	skip := 0
	for {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if skip > 0 || slices.Contains(traces, t.Name.Local) {
				skip++
				continue
			}
			out.WriteString("<" + t.Name.Space + " " + t.Name.Local)
			for _, a := range t.Attr {
				if a.Name.Space != "xmlns" && !slices.Contains(traces, a.Name.Local) {
					out.WriteString(" " + a.Name.Space + ":" + a.Name.Local + "=" + strconv.Quote(a.Value))
				}
			}
			out.WriteByte('>')
		case xml.EndElement:
			if skip > 0 {
				skip--
				continue
			}
			out.WriteString("</>")
		case xml.CharData:
			if skip == 0 {
				out.WriteString(strings.TrimSpace(string(t)))
			}
		}
	}
}
