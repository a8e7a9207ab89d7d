// Starts the reference. A file of its own, because the page allows no inline script.
window.addEventListener("load", () => {
  window.SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#reference",
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: "list",
    // The vendor's validator would send the document to the vendor.
    validatorUrl: null,
    presets: [window.SwaggerUIBundle.presets.apis],
  });
});
