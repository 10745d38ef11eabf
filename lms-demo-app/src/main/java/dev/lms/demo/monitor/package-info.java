/** What parts of the site say of themselves: whether they work, and what they count. */
@NullMarked
package dev.lms.demo.monitor;

import org.jspecify.annotations.NullMarked;
