// Package templates holds the catalogue of forms: versioned form files that a
// person who knows the law can read and correct, the JSON Schema derived from
// them, and the binding of a dossier's data to a layout.Document.
//
// text/template is not used for the bodies: it cannot say in which file and
// line a word of the law is wrong, cannot make an optional piece vanish with
// its comma, and yields text where the typesetter needs runs and blocks.
package templates
