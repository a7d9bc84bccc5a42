"use strict";

// The anchors of the problems stand below the routes, which come later than the page.
function toAnchor() {
  const anchor = document.getElementById(location.hash.slice(1));
  if (anchor) {
    anchor.scrollIntoView();
  }
}

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#routes",
  // Null: else the address of the document is sent to a validator on another host.
  validatorUrl: null,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  onComplete: toAnchor,
});
