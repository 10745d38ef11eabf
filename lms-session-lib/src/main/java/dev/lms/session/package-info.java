/** Sessions, independent of HTTP servers. */
package dev.lms.session;
