/**
 * What a session did when, for {@code --trace-file} and for the JDK's flight recorder.
 *
 * <pre>
 *   control thread --+
 *   parfor worker  --+--> its own Track: groups short events, appends four longs each
 *   pool thread    --+        |
 *   device worker  --+        +--> chunks (bounded) --session ends--> TimelineJson --> file
 *                             +--> flight recorder, when one runs
 * </pre>
 *
 * <p>A thread writes its own track only: no lock and no object per event. Events shorter than a few
 * microseconds that follow one another become one with a count, so that neither the recording nor
 * the file grows with the number of tiny instructions. {@code docs/timeline.md} has the numbers.
 */
package dev.reprise.engine.timeline;
