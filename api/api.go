// Package api is the HTTP face of Antin: the JSON interface that openapi.yaml
// describes, the pages for people (api/web) and authentication. It is the only
// package that imports Echo; what it does for a caller is done by issuance.
package api

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.0 -config oapi.yaml openapi.yaml
