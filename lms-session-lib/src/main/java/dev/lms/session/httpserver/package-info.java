/** A filter that gives each exchange of the JDK's HttpServer its session. */
package dev.lms.session.httpserver;
