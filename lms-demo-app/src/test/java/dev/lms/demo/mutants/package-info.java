/** Breaks every guarantee on purpose and demands that its tests notice. */
@NullMarked
package dev.lms.demo.mutants;

import org.jspecify.annotations.NullMarked;
