/**
 * Values looked at from outside, without their cells: what messages call them, what lists hold and
 * how these came to be.
 *
 * <pre>
 *   list value -- StructureOperations, Lists --> another list, a size, a name
 *   list item  -- ElementItems ---------------> items of its elements as they were before
 *   value      -- Describe -------------------> "matrix 3 x 4"
 *              -- SavedContent ---------------> an item that its content alone decides
 * </pre>
 *
 * <p>Knows neither steps nor sessions. Values that are given are borrowed; a list that is returned
 * holds references of its own to its elements, and belongs to the caller.
 *
 * <p><b>Threads.</b> Any: nothing here has a state, but {@link
 * dev.reprise.engine.value.CompleteInputs}, which belongs to whoever made it. Nothing waits for a
 * value in flight; what may be in flight says so.
 */
package dev.reprise.engine.value;
