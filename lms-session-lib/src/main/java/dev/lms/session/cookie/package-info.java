/** Sessions sealed into the cookie, and lists of those that were ended. */
package dev.lms.session.cookie;
