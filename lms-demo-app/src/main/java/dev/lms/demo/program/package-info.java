/** Programs: courses in an order. */
@NullMarked
package dev.lms.demo.program;

import org.jspecify.annotations.NullMarked;
