// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.
//
// Sends the requests of the reference page. It is the one script that the page's policy allows, by its hash: it writes text and
// never HTML, calls no other origin, and keeps the token nowhere but in its field.
'use strict';
(() => {
  const token = document.getElementById('token');
  const tenant = document.getElementById('tenant');

  const bodyOf = (text, type, headers) => {
    headers.set('Content-Type', type);
    if (type !== 'application/x-www-form-urlencoded') return text;
    return new URLSearchParams(Object.entries(JSON.parse(text)).filter(([, value]) => value !== null)).toString();
  };

  const requestOf = (form) => {
    const headers = new Headers({ Accept: '*/*' });
    if (token.value.trim()) headers.set('Authorization', `Bearer ${token.value.trim()}`);
    if (tenant.value.trim()) headers.set('X-Tenant-ID', tenant.value.trim());
    const query = new URLSearchParams();
    let path = form.dataset.path;
    let body;
    for (const field of form.elements) {
      const { name, value } = field;
      switch (field.dataset.in) {
        case 'path': path = path.replace(`{${name}}`, () => encodeURIComponent(value)); break;
        case 'query': if (value !== '') query.append(name, value); break;
        case 'header': if (value !== '') headers.set(name, value); break;
        case 'body': if (value.trim() !== '') body = bodyOf(value, form.elements['content-type'].value, headers); break;
        case 'file':
          // The browser writes Content-Type with the boundary.
          body = new FormData();
          for (const file of field.files) body.append(name, file);
          break;
      }
    }
    const search = query.toString();
    return { url: search ? `${path}?${search}` : path, init: { method: form.dataset.method, headers, body, credentials: 'omit' } };
  };

  const shown = async (reply) => {
    const type = reply.headers.get('Content-Type') ?? '';
    if (!/json|^text\//.test(type)) {
      const { size } = await reply.blob();
      return size > 0 ? `${size} bytes of ${type}` : '';
    }
    const text = await reply.text();
    if (!type.includes('json') || text === '') return text;
    const json = JSON.parse(text);
    // Signing in here is signing in for the requests that follow.
    const access = json.accessToken ?? json.access_token;
    if (reply.ok && typeof access === 'string') token.value = access;
    return JSON.stringify(json, null, 2);
  };

  document.addEventListener('submit', async (event) => {
    event.preventDefault();
    const form = event.target;
    const output = form.querySelector('output');
    const button = form.querySelector('button');
    button.disabled = true;
    output.textContent = '…';
    try {
      const { url, init } = requestOf(form);
      const start = performance.now();
      const reply = await fetch(url, init);
      const body = await shown(reply);
      const time = Math.round(performance.now() - start);
      const headers = [...reply.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
      output.textContent = `${init.method} ${url}\n${reply.status} ${reply.statusText}, ${time} ms\n\n${headers}\n\n${body}`;
    } catch (error) {
      output.textContent = `Not sent: ${error.message}`;
    } finally {
      button.disabled = false;
    }
  });
})();
