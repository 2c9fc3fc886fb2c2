#!/usr/bin/env bash
# The schemas that ETSI TS 119 102-2 needs, out of the artifacts that carry them, with their imports made local.
set -euo pipefail
target=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
base=eu.europa.ec.joinup.sd-dss
for name in specs-validation-report specs-xades specs-xmldsig specs-trusted-list; do
  (cd "$work" && mvn -q dependency:copy "-Dartifact=$base:$name:6.2" "-DoutputDirectory=$work/jars")
done
mkdir -p "$target"
for jar in "$work"/jars/*.jar; do
  python3 -m zipfile -e "$jar" "$work/all"
done
cp "$work"/all/xsd/*.xsd "$target"/
sed -i 's#http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd#xmldsig-core-schema.xsd#
s#http://uri.etsi.org/01903/v1.3.2/XAdES.xsd#XAdES.xsd#
s#schemaLocation="http://uri.etsi.org/19612/[^"]*"#schemaLocation="ts_119612v020101_xsd.xsd"#
s#http://www.w3.org/2001/xml.xsd#xml.xsd#' "$target"/*.xsd
