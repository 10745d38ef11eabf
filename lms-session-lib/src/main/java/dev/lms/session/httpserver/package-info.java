/** Sessions on the JDK's own HttpServer. */
package dev.lms.session.httpserver;
