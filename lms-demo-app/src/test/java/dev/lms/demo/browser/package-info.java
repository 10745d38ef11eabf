/** The site as people see it: in a real browser. */
@NullMarked
package dev.lms.demo.browser;

import org.jspecify.annotations.NullMarked;
