/** What operators ask: is it alive, is it ready. */
@NullMarked
package dev.lms.demo.ops;

import org.jspecify.annotations.NullMarked;
