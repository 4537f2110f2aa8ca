package pdf

// commonNames saves an allocation for the names every file is made of.
var commonNames = func() map[string]Name {
	m := map[string]Name{}
	for _, n := range []Name{
		"AP", "Annot", "Annots", "Ascent", "BBox", "BaseFont", "BitsPerComponent", "Border", "ByteRange",
		"CIDFontType2", "CIDSystemInfo", "CIDToGIDMap", "CapHeight", "Catalog", "ColorSpace", "Columns",
		"Contents", "Count", "DA", "DW", "DecodeParms", "DescendantFonts", "Descent", "DeviceRGB", "DocMDP",
		"Encoding", "ExtGState", "F", "FT", "Ff", "Fields", "Filter", "First", "FlateDecode", "Flags", "Font",
		"FontBBox", "FontDescriptor", "FontFile2", "FontName", "Form", "Height", "ID", "Identity",
		"Identity-H", "Image", "Index", "Info", "ItalicAngle", "K", "Kids", "Lang", "Last", "Length",
		"Length1", "Link", "Lock", "M", "MCID", "MK", "MarkInfo", "MediaBox", "Metadata", "N", "Name",
		"Names", "Next", "Nums", "ObjStm", "Ordering", "P", "Page", "Pages", "Parent", "Pg", "Predictor",
		"Prev", "Q", "R", "Rect", "Registry", "Resources", "Root", "S", "SMask", "Sig", "Size", "StemV",
		"StructElem", "StructParent", "StructParents", "StructTreeRoot", "SubFilter", "Subtype",
		"Supplement", "T", "TU", "Tabs", "Title", "ToUnicode", "Tx", "Type", "Type0", "V", "Version",
		"W", "Widget", "Width", "XObject", "XRef",
	} {
		m[string(n)] = n
	}
	return m
}()
