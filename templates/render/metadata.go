package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"antin/internal/pdf"
	"antin/templates/layout"
)

// Metadata is the information dictionary and the XMP packet of a file that is not
// typeset here, e.g. of pages taken from another. archival says in it that the
// file is PDF/A-2b.
func Metadata(doc *layout.Document, opt Options, archival bool) (pdf.Dict, []byte) {
	if opt.Producer == "" {
		opt.Producer = "Antin"
	}
	r := &renderer{pages: &layout.Pages{Doc: doc}, opt: opt}
	info, xmp := r.metadata()
	xmp = bytes.Replace(xmp, []byte("<pdfuaid:part>1</pdfuaid:part>"), nil, 1)
	if !archival {
		xmp = bytes.Replace(xmp, []byte("<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"), nil, 1)
	}
	return info, xmp
}

// metadata writes the information dictionary and the XMP packet from the same
// values, so that both agree (ISO 19005-2, 6.6.3).
func (r *renderer) metadata() (pdf.Dict, []byte) {
	d := r.pages.Doc
	title := d.Title
	if title == "" {
		title = "Văn bản"
	}
	now := r.opt.Now.Truncate(time.Second)
	const creator = "Antin"
	info := pdf.Dict{
		"Title": pdf.TextString(title), "Creator": pdf.TextString(creator), "Producer": pdf.TextString(r.opt.Producer),
		"CreationDate": pdf.Date(now), "ModDate": pdf.Date(now),
	}
	var b bytes.Buffer
	b.Grow(3 << 10)
	b.WriteString("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n" +
		"<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\">\n" +
		"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>\n" +
		"<dc:format>application/pdf</dc:format><dc:language><rdf:Bag><rdf:li>vi-VN</rdf:li></rdf:Bag></dc:language>\n")
	alt := func(tag, value string) {
		b.WriteString("<" + tag + "><rdf:Alt><rdf:li xml:lang=\"x-default\">")
		escapeXML(&b, value)
		b.WriteString("</rdf:li></rdf:Alt></" + tag + ">\n")
	}
	alt("dc:title", title)
	if d.Author != "" {
		info["Author"] = pdf.TextString(d.Author)
		b.WriteString("<dc:creator><rdf:Seq><rdf:li>")
		escapeXML(&b, d.Author)
		b.WriteString("</rdf:li></rdf:Seq></dc:creator>\n")
	}
	if d.Subject != "" {
		info["Subject"] = pdf.TextString(d.Subject)
		alt("dc:description", d.Subject)
	}
	if len(d.Keywords) > 0 {
		keys := strings.Join(d.Keywords, ", ")
		info["Keywords"] = pdf.TextString(keys)
		b.WriteString("<pdf:Keywords>")
		escapeXML(&b, keys)
		b.WriteString("</pdf:Keywords>\n")
	}
	b.WriteString("<pdf:Producer>")
	escapeXML(&b, r.opt.Producer)
	stamp := now.Format("2006-01-02T15:04:05-07:00")
	fmt.Fprintf(&b, "</pdf:Producer>\n<xmp:CreatorTool>%s</xmp:CreatorTool><xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%[2]s</xmp:ModifyDate><xmp:MetadataDate>%[2]s</xmp:MetadataDate>\n</rdf:Description>\n", creator, stamp)
	b.WriteString(uaSchema)
	b.WriteString("</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
	return info, b.Bytes()
}

// escapeXML writes text content; what XML 1.0 cannot hold becomes U+FFFD.
func escapeXML(b *bytes.Buffer, s string) {
	// A bytes.Buffer never fails.
	_ = xml.EscapeText(b, []byte(s))
}

// uaSchema describes the PDF/UA identification schema, which PDF/A does not
// know by itself (ISO 19005-2, 6.6.2.3.3).
const uaSchema = `<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
`
