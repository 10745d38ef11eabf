@NullMarked
package dev.lms.session.httpserver;

import org.jspecify.annotations.NullMarked;
