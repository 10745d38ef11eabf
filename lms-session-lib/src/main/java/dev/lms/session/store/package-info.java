/** Tools for authors of session stores: signed ids, text and bytes of sessions, names of people. */
package dev.lms.session.store;
