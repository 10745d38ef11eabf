/** Several worker processes under one supervisor. */
@NullMarked
package dev.lms.demo.supervise;

import org.jspecify.annotations.NullMarked;
