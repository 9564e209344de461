/* global document, location */
// The address under which this page was reached is the one to use.
const example = document.querySelector('pre');
example.textContent = example.textContent.replace('/oauth/token', `${location.origin}/oauth/token`);
