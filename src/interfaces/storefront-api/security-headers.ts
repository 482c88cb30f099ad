/** Sent with every answer, see docs/glue/requests.md#headers. */
export const security = {
  'X-Frame-Options': 'SAMEORIGIN',
  'Content-Security-Policy': "frame-ancestors 'self'",
  'X-Content-Type-Options': 'nosniff',
  'X-XSS-Protection': '1; mode=block',
  'Referrer-Policy': 'same-origin',
  'Permissions-policy': '',
  'Cache-Control': 'no-cache, private',
};
