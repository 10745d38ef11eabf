/** Attributes as JSON: what may be kept so, and how it is read. */
package dev.lms.session.json;
