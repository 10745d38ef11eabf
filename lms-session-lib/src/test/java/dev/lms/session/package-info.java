/** Tests; the contract for stores is here for other stores' authors too. */
@NullMarked
package dev.lms.session;

import org.jspecify.annotations.NullMarked;
