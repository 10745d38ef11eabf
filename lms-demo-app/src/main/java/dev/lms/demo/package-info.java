/** The reference learning site. */
@NullMarked
package dev.lms.demo;

import org.jspecify.annotations.NullMarked;
