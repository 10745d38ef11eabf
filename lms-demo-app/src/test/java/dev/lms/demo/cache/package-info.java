@NullMarked
package dev.lms.demo.cache;

import org.jspecify.annotations.NullMarked;
