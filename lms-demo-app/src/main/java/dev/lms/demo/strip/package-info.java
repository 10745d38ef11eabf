/** What development shows at the end of every page: where it came from, and why. */
@NullMarked
package dev.lms.demo.strip;

import org.jspecify.annotations.NullMarked;
