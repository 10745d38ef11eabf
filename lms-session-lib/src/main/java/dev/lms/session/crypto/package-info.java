/** Cryptography that several packages of this library share. */
package dev.lms.session.crypto;
