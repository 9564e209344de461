/* global window */
// `validatorUrl: null`: Swagger UI would otherwise send the document to a validator on the internet.
window.SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null, tryItOutEnabled: true, docExpansion: 'list',
});
