@NullMarked
package dev.lms.session.redis;

import org.jspecify.annotations.NullMarked;
