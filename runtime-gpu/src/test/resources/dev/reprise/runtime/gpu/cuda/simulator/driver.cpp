// A CUDA driver of two devices that is simulated on the host: enough of libcuda.so.1 to run Reprise's CUDA backend
// where there is no GPU. It says nothing of speed or of a real driver; it finds mistakes in our own calls.
//
// Streams are queues that run as late or as early as a random number says, within what events order: a launch that
// forgot to wait for its upload, or an upload that overtakes a launch, gives a wrong result here. Memory comes filled
// with bits of NaN, and so does for each group what its threads share. Addresses and streams that are not the current
// device's own are errors; so is any call without a current context, and a copy between devices by one that was not told
// that it may reach the other. Threads and groups run in an order that is drawn anew between any two barriers: a barrier
// that is missing gives a wrong result sooner or later, and one that not all threads of a group come to ends the device.
//
// With SIMULATED_KERNEL_MICROS=N in the environment it is another driver: nothing but copies of a few bytes is computed, each
// launch takes the device N microseconds of the clock, a node of a graph 0.7 of that, and everything is in sequence. So what
// the host does for an iteration can be measured where there is no GPU (bench/iterations). At its end it prints how often each
// call that counts was made.
//
// Captures are as strict as a real driver's: a call that it forbids to the thread that captures, and one that waits for the
// whole device by whatever thread, fails and spoils the capture.
#include <dlfcn.h>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

enum Status {
  SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, INVALID_CONTEXT = 201, INVALID_PTX = 218,
  INVALID_HANDLE = 400, NOT_FOUND = 500, NOT_READY = 600, ILLEGAL_ADDRESS = 700, LAUNCH_FAILED = 719, NOT_SUPPORTED = 801,
  UNSUPPORTED_IN_CAPTURE = 900, CAPTURE_INVALIDATED = 901, CAPTURE_OF_OTHER_THREAD = 908, UPDATE_FAILURE = 910
};

struct Place { unsigned x, y, z; };

struct Kernel {
  std::string name;
  std::string types;  // a letter each: 8 and 4 for whole numbers, d for double
  bool barriers = false;
  unsigned mostThreads = 1024;
  void *code = nullptr;
  struct Module *module = nullptr;
};

struct Module {
  void *library = nullptr;
  std::map<std::string, Kernel> kernels;
  long pending = 0;       // launches of its kernels that have not run
  bool unloaded = false;  // kept all the same: graphs may name it
};

// What a node of a graph does, and after which others.
struct Node {
  std::vector<std::function<void()>> work;
  std::vector<size_t> after;
  bool isKernel = false;
  std::string kinds;  // of each work, as update compares them: kernel, copy, set, library, memory
  Module *module = nullptr;
};

struct Graph {
  std::vector<std::unique_ptr<Node>> nodes;
};

struct Executable {
  Graph *of;  // names the nodes
  std::vector<Node> nodes;
  std::shared_ptr<long> pending = std::make_shared<long>(0);
};

struct Stream {
  int device;
  Graph *capture = nullptr;
  bool spoilt = false;         // the capture
  std::thread::id capturer;
  std::deque<std::function<void()>> queue;
  uint64_t put = 0, done = 0;
  double until = 0;  // when all of it has ended, if it takes time
};

struct Event {
  Stream *stream = nullptr;
  uint64_t at = 0;  // reached when so many of the stream are done
  std::shared_ptr<double> time = std::make_shared<double>(-1);
  double reached = 0;  // when, if work takes time
};

std::recursive_mutex lock;
typedef std::lock_guard<std::recursive_mutex> Guard;
bool initialized = false;
const int DEVICES = 2;
int retained[DEVICES] = {0};            // the address of an entry is the device's context
int failures[DEVICES] = {SUCCESS};      // of a launch or copy; it stays, as a real one does
bool reaches[DEVICES][DEVICES] = {{false}};
uint64_t seed = 88172645463325252ull;
std::vector<Stream *> streams;
long events = 0;
long captures = 0, settings = 0, launched = 0, graphsLaunched = 0, recorded = 0;
std::map<uintptr_t, size_t> memories[DEVICES], pinned;
size_t useds[DEVICES] = {0};
const size_t CAPACITY = size_t(1) << 30;
thread_local int *current = nullptr;

// Milliseconds that a launch takes; negative when it is computed, which takes what it takes.
double kernelMillis() {
  static const char *micros = getenv("SIMULATED_KERNEL_MICROS");
  static const double millis = micros == nullptr ? -1 : atof(micros) / 1000;
  return millis;
}
bool timed() { return kernelMillis() >= 0; }

struct Report {
  ~Report() {
    if (timed())
      fprintf(stderr, "simulator: %ld launches, %ld graphs, %ld settings, %ld captures, %ld events\n", launched, graphsLaunched,
              settings, captures, recorded);
  }
} report;
const size_t FEW_BYTES = 64;  // of numbers that a script may read

int here() { return current == nullptr ? 0 : (int)(current - retained); }
#define memory memories[here()]
#define used useds[here()]
#define failure failures[here()]

double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Without the lock, which others need meanwhile.
void sleepUntil(double millis) {
  while (now() < millis) std::this_thread::sleep_for(std::chrono::microseconds(2));
}

uint64_t random64() {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  return seed ^= seed << 17;
}

void step(Stream *stream) {
  std::function<void()> item = std::move(stream->queue.front());
  stream->queue.pop_front();
  item();
  stream->done++;
}

void finish(Stream *stream, uint64_t until) {
  while (stream->done < until) step(stream);
}

void finishAll() {
  for (Stream *stream : streams) finish(stream, stream->put);
}

void put(Stream *stream, std::function<void()> item, char kind) {
  if (stream->capture != nullptr) {
    auto &nodes = stream->capture->nodes;
    nodes.push_back(std::make_unique<Node>());
    nodes.back()->kinds = kind;
    nodes.back()->work.push_back(std::move(item));
    if (nodes.size() > 1) nodes.back()->after.push_back(nodes.size() - 2);
    return;
  }
  if (timed()) {
    double share = kind == 'e' ? 0 : kind == 'g' ? 0.7 : 1;
    stream->until = std::max(stream->until, now()) + share * kernelMillis();
    if (kind == 'e' || kind == 'c') item();
    return;
  }
  stream->queue.push_back(std::move(item));
  stream->put++;
  // Some device or other gets on with its work.
  for (uint64_t steps = random64() % 3; steps > 0; steps--) {
    Stream *lucky = streams[random64() % streams.size()];
    if (!lucky->queue.empty()) step(lucky);
  }
}

bool within(const std::map<uintptr_t, size_t> &ranges, uintptr_t address, size_t bytes) {
  auto next = ranges.upper_bound(address);
  if (next == ranges.begin()) return false;
  auto range = std::prev(next);
  return address + bytes <= range->first + range->second;
}

// An error that stays, as a real device's does.
int fail(int device, int status, const char *why) {
  fprintf(stderr, "simulator: %s\n", why);
  return failures[device] = status;
}

int spoil(Stream *stream) {
  stream->spoilt = true;
  return UNSUPPORTED_IN_CAPTURE;
}

// For calls that the thread that captures must not make (mode THREAD_LOCAL).
int unsafe() {
  for (Stream *stream : streams)
    if (stream->capture != nullptr && stream->capturer == std::this_thread::get_id()) return spoil(stream);
  return SUCCESS;
}

// For calls that wait for the whole device: no thread may make one while a stream of the device captures.
int deviceWide() {
  int status = SUCCESS;
  for (Stream *stream : streams)
    if (stream->capture != nullptr && stream->device == here()) status = spoil(stream);
  return status;
}

int ready() {
  if (!initialized) return NOT_INITIALIZED;
  if (current == nullptr || *current == 0) return INVALID_CONTEXT;
  return failure;
}

// --- kernels ------------------------------------------------------------------------------------------------

std::string folder() {
  Dl_info info;
  dladdr((void *)&folder, &info);
  std::string path = info.dli_fname;
  return path.substr(0, path.rfind('/'));
}

// Reads names, parameters and barriers of the entries.
void readEntries(const std::string &ptx, Module *module) {
  size_t at = 0;
  while ((at = ptx.find(".entry ", at)) != std::string::npos) {
    size_t open = ptx.find('(', at), close = ptx.find(')', open), next = ptx.find(".entry ", close);
    Kernel kernel;
    kernel.name = ptx.substr(at + 7, open - at - 7);
    kernel.module = module;
    for (size_t p = ptx.find(".param ", open); p != std::string::npos && p < close; p = ptx.find(".param ", p + 1)) {
      std::string type = ptx.substr(p + 7, 4);
      if (type == ".u64" || type == ".s64" || type == ".b64") kernel.types += '8';
      else if (type == ".u32" || type == ".s32" || type == ".b32") kernel.types += '4';
      else if (type == ".f64") kernel.types += 'd';
      else kernel.types += '?';
    }
    size_t begin = ptx.find('{', close), bound = ptx.find(".maxntid ", close);
    if (bound < begin) kernel.mostThreads = atoi(ptx.c_str() + bound + 9);
    std::string body = ptx.substr(close, next == std::string::npos ? next : next - close);
    kernel.barriers = body.find("bar.sync") != std::string::npos || body.find("barrier.sync") != std::string::npos;
    module->kernels[kernel.name] = kernel;
    at = close;
  }
}

const int STACKED = 40;

struct Call {
  void *code;
  long whole[6] = {0};
  double real[8] = {0};
  long stack[STACKED] = {0};
};

// Arguments as the System V interface of x86-64 wants them, whatever the function's type.
void invoke(const Call &c) {
  typedef void (*Code)(long, long, long, long, long, long, double, double, double, double, double, double, double, double,
                       long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long,
                       long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long,
                       long, long, long, long, long, long, long, long);
  const long *w = c.whole, *s = c.stack;
  const double *r = c.real;
  ((Code)c.code)(w[0], w[1], w[2], w[3], w[4], w[5], r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7],
                 s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11], s[12], s[13], s[14], s[15],
                 s[16], s[17], s[18], s[19], s[20], s[21], s[22], s[23], s[24], s[25], s[26], s[27], s[28], s[29],
                 s[30], s[31], s[32], s[33], s[34], s[35], s[36], s[37], s[38], s[39]);
}

bool marshal(const Kernel &kernel, void **parameters, Call *call) {
  int whole = 0, real = 0, stack = 0;
  call->code = kernel.code;
  for (size_t i = 0; i < kernel.types.size(); i++) {
    long bits = 0;
    switch (kernel.types[i]) {
      case '8': memcpy(&bits, parameters[i], 8); break;
      case '4': { int narrow; memcpy(&narrow, parameters[i], 4); bits = narrow; break; }
      case 'd': {
        double value;
        memcpy(&value, parameters[i], 8);
        if (real < 8) { call->real[real++] = value; continue; }
        memcpy(&bits, &value, 8);
        if (stack >= STACKED) return false;
        call->stack[stack++] = bits;
        continue;
      }
      default: return false;
    }
    if (whole < 6) call->whole[whole++] = bits;
    else if (stack >= STACKED) return false;
    else call->stack[stack++] = bits;
  }
  return true;
}

const size_t STACK = 64 << 10;

struct Fiber {
  void *top = nullptr;
  std::vector<char> stack;
  bool ended = false;
  int line = 0;  // of the barrier where it waits
};

void *scheduler;
std::vector<Fiber> fibers;
size_t running;
const Call *runningCall;

}  // namespace

// Keeps the registers that a function must keep, and goes on where the other stack was left; no system call, unlike
// swapcontext.
extern "C" void switchStacks(void **from, void *to);
asm(R"(
.globl switchStacks
switchStacks:
  push %rbp
  push %rbx
  push %r12
  push %r13
  push %r14
  push %r15
  mov %rsp, (%rdi)
  mov %rsi, %rsp
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbx
  pop %rbp
  ret
)");

namespace {

void fiberMain() {
  invoke(*runningCall);
  fibers[running].ended = true;
  switchStacks(&fibers[running].top, scheduler);
}

void barrier(int line) {
  fibers[running].line = line;
  switchStacks(&fibers[running].top, scheduler);
}

// The number of the i-th of so many in an order that a random number says.
struct Order {
  uint64_t first, step, count;
  explicit Order(uint64_t count) : first(random64() % count), step(random64() % 2 == 0 ? 1 : count - 1), count(count) {}
  uint64_t operator[](uint64_t i) const { return (first + i * step) % count; }
};

// The threads of a group, each from one barrier to the next in turn; false when some did not come to the barrier.
bool runGroup(const Call &call, unsigned threads, Place *thread) {
  if (fibers.size() < threads) fibers.resize(threads);
  runningCall = &call;
  for (unsigned t = 0; t < threads; t++) {
    Fiber &fiber = fibers[t];
    fiber.stack.resize(STACK);
    fiber.ended = false;
    fiber.line = 0;
    // Six registers, then where to begin; at a function's begin the stack is 8 bytes off a multiple of 16.
    uintptr_t end = ((uintptr_t)fiber.stack.data() + STACK) / 16 * 16 - 8;
    uintptr_t *slot = (uintptr_t *)end;
    *--slot = (uintptr_t)&fiberMain;
    for (int i = 0; i < 6; i++) *--slot = 0;
    fiber.top = slot;
  }
  for (bool any = true; any;) {
    any = false;
    Order order(threads);
    for (unsigned i = 0; i < threads; i++) {
      unsigned t = order[i];
      running = t;
      thread->x = t;
      switchStacks(&scheduler, fibers[t].top);
      any |= !fibers[t].ended;
    }
    for (unsigned t = 0; any && t < threads; t++)
      if (fibers[t].ended || fibers[t].line != fibers[0].line) return false;
  }
  return true;
}

void execute(const Kernel &kernel, const Call &call, unsigned groups, unsigned threads, int device) {
  if (kernel.module->unloaded) {
    fail(device, ILLEGAL_ADDRESS, ("the module of " + kernel.name + " was unloaded").c_str());
    return;
  }
  void *library = kernel.module->library;
  Place *block = (Place *)dlsym(library, "blockIdx"), *thread = (Place *)dlsym(library, "threadIdx");
  Place *blockSize = (Place *)dlsym(library, "blockDim"), *grid = (Place *)dlsym(library, "gridDim");
  *(void (**)(int))dlsym(library, "simulatedBarrier") = barrier;
  *blockSize = {threads, 1, 1};
  *grid = {groups, 1, 1};
  *thread = {0, 0, 0};
  char *shared = ((char *(*)())dlsym(library, "sharedBegin"))(), *sharedEnd = ((char *(*)())dlsym(library, "sharedEnd"))();
  Order ofGroups(groups);
  for (unsigned g = 0; g < groups; g++) {
    *block = {(unsigned)ofGroups[g], 0, 0};
    if (shared != nullptr) memset(shared, 0xff, sharedEnd - shared);
    if (kernel.barriers) {
      if (!runGroup(call, threads, thread)) {
        fail(device, LAUNCH_FAILED, ("threads of " + kernel.name + " are not all at the same barrier").c_str());
        return;
      }
    } else {
      Order ofThreads(threads);
      for (unsigned t = 0; t < threads; t++) {
        thread->x = ofThreads[t];
        invoke(call);
      }
    }
  }
}

}  // namespace

extern "C" {

typedef Stream *CUstream;
typedef Event *CUevent;
typedef unsigned long long Address;

// For the simulated libraries; a graph does the work each time, so the data is dropped when nobody will any more.
void simulatorPut(CUstream stream, void (*work)(void *), void (*drop)(void *), void *data) {
  Guard guard(lock);
  std::shared_ptr<void> owned(data, drop);
  put(stream, [=] { work(owned.get()); }, 'l');
}

// As a library does that allocates memory in the stream's sequence, because it was not given any: within a capture that
// makes nodes that a graph within a graph must not have.
void simulatorAllocate(CUstream stream) {
  Guard guard(lock);
  put(stream, [] {}, 'm');
}

// As a library does that waits for the device when it makes or destroys a handle; zero when it may.
int simulatorSynchronize() {
  Guard guard(lock);
  if (int status = deviceWide()) return status;
  finishAll();
  return SUCCESS;
}

int simulatorOwns(Address address, size_t bytes) {
  Guard guard(lock);
  return within(memory, address, bytes);
}

// For tests: contexts, streams, events, pieces of pinned memory and of the devices' that nobody has given back.
long simulatorTaken() {
  Guard guard(lock);
  long taken = (long)streams.size() + events + (long)pinned.size();
  for (int device = 0; device < DEVICES; device++) taken += retained[device] + (long)memories[device].size();
  return taken;
}

// For tests: how often work was written down, and nodes of graphs that were ready were given other arguments.
long simulatorCaptures() {
  Guard guard(lock);
  return captures;
}
long simulatorSettings() {
  Guard guard(lock);
  return settings;
}

int cuInit(unsigned) { initialized = true; return SUCCESS; }
int cuDriverGetVersion(int *version) { *version = 13000; return SUCCESS; }
int cuDeviceGetCount(int *count) { *count = DEVICES; return initialized ? SUCCESS : NOT_INITIALIZED; }
int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return ordinal < DEVICES ? SUCCESS : 101; }
int cuDeviceGetName(char *name, int length, int) { snprintf(name, length, "Simulated device"); return SUCCESS; }
int cuDeviceTotalMem_v2(size_t *bytes, int) { *bytes = CAPACITY; return SUCCESS; }
int cuDeviceGetAttribute(int *value, int attribute, int) {
  *value = attribute == 16 ? 2 : attribute == 75 ? 9 : 0;
  return SUCCESS;
}
int cuGetErrorName(int, const char **name) { *name = "SIMULATED"; return SUCCESS; }
int cuDevicePrimaryCtxRetain(void **context, int device) {
  Guard guard(lock);
  retained[device]++;
  *context = &retained[device];
  return SUCCESS;
}
int cuDevicePrimaryCtxRelease_v2(int device) {
  Guard guard(lock);
  if (--retained[device] == 0) {
    failures[device] = SUCCESS;
    for (int other = 0; other < DEVICES; other++) reaches[device][other] = false;
  }
  return SUCCESS;
}
// Like most calls this one may say what an earlier launch ran into.
int cuCtxSetCurrent(void *context) {
  Guard guard(lock);
  current = (int *)context;
  return context == nullptr ? SUCCESS : failure;
}
int cuDeviceCanAccessPeer(int *can, int device, int peer) { *can = device != peer; return SUCCESS; }
int cuCtxEnablePeerAccess(void *peer, unsigned) {
  Guard guard(lock);
  if (int status = ready()) return status;
  bool &reached = reaches[here()][(int *)peer - retained];
  if (reached) return 704;
  reached = true;
  return SUCCESS;
}
int cuCtxSynchronize() {
  Guard guard(lock);
  if (int status = deviceWide()) return status;
  finishAll();
  return ready();
}

int cuStreamCreate(CUstream *stream, unsigned) {
  Guard guard(lock);
  if (int status = ready()) return status;
  streams.push_back(*stream = new Stream());
  (*stream)->device = here();
  return SUCCESS;
}
int cuStreamDestroy_v2(CUstream stream) {
  Guard guard(lock);
  finish(stream, stream->put);
  for (size_t i = 0; i < streams.size(); i++) {
    if (streams[i] == stream) {
      streams.erase(streams.begin() + i);
      return SUCCESS;  // Not deleted: events may name it.
    }
  }
  return INVALID_HANDLE;
}
int cuStreamSynchronize(CUstream stream) {
  if (timed()) sleepUntil(stream->until);
  Guard guard(lock);
  if (stream->capture != nullptr) return spoil(stream);
  if (int status = unsafe()) return status;
  finish(stream, stream->put);
  return ready();
}
int cuStreamWaitEvent(CUstream stream, CUevent event, unsigned) {
  Guard guard(lock);
  if (stream->capture != nullptr) return spoil(stream);
  if (int status = ready()) return status;
  Stream *other = event->stream;
  uint64_t at = event->at;
  if (timed()) stream->until = std::max(stream->until, event->reached);
  else if (other != nullptr && other != stream) put(stream, [=] { finish(other, at); }, 'e');
  return SUCCESS;
}

int cuEventCreate(CUevent *event, unsigned) {
  Guard guard(lock);
  if (int status = ready()) return status;
  *event = new Event();
  events++;
  return SUCCESS;
}
int cuEventDestroy_v2(CUevent event) {
  Guard guard(lock);
  delete event;
  events--;
  return SUCCESS;
}
int cuEventRecord(CUevent event, CUstream stream) {
  Guard guard(lock);
  if (stream->capture != nullptr) return spoil(stream);
  if (int status = ready()) return status;
  recorded++;
  event->stream = stream;
  event->at = stream->put + 1;
  event->time = std::make_shared<double>(-1);
  std::shared_ptr<double> time = event->time;
  if (timed()) event->reached = *time = std::max(stream->until, now());
  else put(stream, [time] { *time = now(); }, 'e');
  return SUCCESS;
}
int cuEventQuery(CUevent event) {
  Guard guard(lock);
  if (int status = unsafe()) return status;
  if (int status = ready()) return status;
  if (timed()) return event->reached <= now() ? SUCCESS : NOT_READY;
  if (event->stream == nullptr || event->stream->done >= event->at) return SUCCESS;
  if (random64() % 2 == 0) finish(event->stream, event->at);
  return NOT_READY;
}
int cuEventSynchronize(CUevent event) {
  if (timed()) sleepUntil(event->reached);
  Guard guard(lock);
  if (int status = unsafe()) return status;
  if (event->stream != nullptr && !timed()) finish(event->stream, event->at);
  return ready();
}
int cuEventElapsedTime(float *millis, CUevent from, CUevent to) {
  Guard guard(lock);
  if (from->stream == nullptr || to->stream == nullptr) return INVALID_HANDLE;
  if (*from->time < 0 || *to->time < 0) return NOT_READY;
  *millis = (float)(*to->time - *from->time);
  return SUCCESS;
}

int cuMemAlloc_v2(Address *address, size_t bytes) {
  Guard guard(lock);
  if (int status = ready()) return status;
  if (int status = unsafe()) return status;
  if (bytes == 0) return INVALID_VALUE;
  if (used + bytes > CAPACITY) return OUT_OF_MEMORY;
  void *block = aligned_alloc(256, (bytes + 255) / 256 * 256);
  memset(block, 0xff, bytes);
  memory[(uintptr_t)block] = bytes;
  used += bytes;
  *address = (Address)block;
  return SUCCESS;
}
int cuMemFree_v2(Address address) {
  Guard guard(lock);
  if (int status = unsafe()) return status;
  auto range = memory.find(address);
  if (range == memory.end()) return INVALID_VALUE;
  finishAll();
  used -= range->second;
  memory.erase(range);
  free((void *)address);
  return SUCCESS;
}
int cuMemAllocHost_v2(void **pointer, size_t bytes) {
  Guard guard(lock);
  if (int status = ready()) return status;
  if (int status = unsafe()) return status;
  *pointer = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  pinned[(uintptr_t)*pointer] = bytes;
  return SUCCESS;
}
int cuMemFreeHost(void *pointer) {
  Guard guard(lock);
  if (int status = unsafe()) return status;
  finishAll();
  if (pinned.erase((uintptr_t)pointer) == 0) return INVALID_VALUE;
  free(pointer);
  return SUCCESS;
}

static int copy(CUstream stream, uintptr_t to, uintptr_t from, size_t bytes) {
  if (stream->device != here()) return INVALID_HANDLE;
  put(stream, [=] { if (!timed() || bytes <= FEW_BYTES) memmove((void *)to, (void *)from, bytes); }, 'c');
  return SUCCESS;
}
int cuMemcpyHtoDAsync_v2(Address to, const void *from, size_t bytes, CUstream stream) {
  Guard guard(lock);
  if (int status = ready()) return status;
  if (!within(memory, to, bytes) || !within(pinned, (uintptr_t)from, bytes)) return failure = ILLEGAL_ADDRESS;
  return copy(stream, to, (uintptr_t)from, bytes);
}
int cuMemcpyDtoHAsync_v2(void *to, Address from, size_t bytes, CUstream stream) {
  Guard guard(lock);
  if (int status = ready()) return status;
  if (!within(memory, from, bytes) || !within(pinned, (uintptr_t)to, bytes)) return failure = ILLEGAL_ADDRESS;
  return copy(stream, (uintptr_t)to, from, bytes);
}
int cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, CUstream stream) {
  Guard guard(lock);
  if (int status = ready()) return status;
  if (!within(memory, from, bytes) || !within(memory, to, bytes)) return failure = ILLEGAL_ADDRESS;
  return copy(stream, to, from, bytes);
}
int cuMemcpyPeerAsync(Address to, void *toContext, Address from, void *fromContext, size_t bytes, CUstream stream) {
  Guard guard(lock);
  if (int status = ready()) return status;
  int target = (int)((int *)toContext - retained), source = (int)((int *)fromContext - retained);
  if (target != here() || !reaches[target][source]) return INVALID_CONTEXT;
  if (!within(memories[source], from, bytes) || !within(memory, to, bytes)) return failure = ILLEGAL_ADDRESS;
  return copy(stream, to, from, bytes);
}
int cuMemsetD8Async(Address to, unsigned char value, size_t bytes, CUstream stream) {
  Guard guard(lock);
  if (int status = ready()) return status;
  if (!within(memory, to, bytes)) return failure = ILLEGAL_ADDRESS;
  put(stream, [=] { memset((void *)to, value, bytes); }, 's');
  return SUCCESS;
}

// Loading a kernel may wait for the whole device (CUDA's guide, lazy loading).
int cuModuleLoadData(Module **module, const void *image) {
  Guard guard(lock);
  if (int status = ready()) return status;
  if (int status = unsafe()) return status;
  if (int status = deviceWide()) return status;
  std::string ptx = (const char *)image;
  char file[100], precision[10], hash[80];
  if (ptx.rfind("// fused ", 0) == 0) {
    // Made at run time: the compiler gets the entry as C++, beside the functions that it calls.
    if (sscanf(ptx.c_str(), "// %99s %9s", file, precision) != 2) return INVALID_PTX;
    snprintf(hash, sizeof hash, "%016zx", std::hash<std::string>()(ptx));
    FILE *text = fopen((folder() + "/fused-" + precision + ".ptx").c_str(), "w");
    if (text == nullptr) return INVALID_PTX;
    fputs(ptx.c_str(), text);
    fclose(text);
  } else if (sscanf(ptx.c_str(), "// %99s %9s %79s", file, precision, hash) != 3) {
    return INVALID_PTX;
  }
  std::string name = std::string(file) + "-" + precision;
  std::string path = folder() + "/" + name + "-" + hash + ".so";
  FILE *there = fopen(path.c_str(), "r");
  if (there != nullptr) fclose(there);
  else if (system(("sh '" + folder() + "/compile' " + name + " '" + path + "'").c_str()) != 0) return INVALID_PTX;
  Module *loaded = new Module();
  loaded->library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (loaded->library == nullptr) {
    fprintf(stderr, "simulator: %s\n", dlerror());
    return INVALID_PTX;
  }
  readEntries(ptx, loaded);
  *module = loaded;
  return SUCCESS;
}
// The documentation does not say that it waits.
int cuModuleUnload(Module *module) {
  Guard guard(lock);
  if (int status = unsafe()) return status;
  if (module->pending > 0) return fail(here(), ILLEGAL_ADDRESS, "a module is unloaded that launches use");
  module->unloaded = true;
  dlclose(module->library);
  return SUCCESS;
}
int cuModuleGetFunction(Kernel **kernel, Module *module, const char *name) {
  Guard guard(lock);
  if (int status = ready()) return status;
  if (int status = deviceWide()) return status;
  auto found = module->kernels.find(name);
  if (found == module->kernels.end()) return NOT_FOUND;
  *kernel = &found->second;
  (*kernel)->code = dlsym(module->library, name);
  return (*kernel)->code == nullptr ? NOT_FOUND : SUCCESS;
}
int cuLaunchKernel(Kernel *kernel, unsigned groups, unsigned gy, unsigned gz, unsigned threads, unsigned ty, unsigned tz,
                   unsigned, CUstream stream, void **parameters, void **) {
  Guard guard(lock);
  if (int status = ready()) return status;
  if (groups == 0 || gy != 1 || gz != 1 || threads == 0 || threads > kernel->mostThreads || ty != 1 || tz != 1)
    return INVALID_VALUE;
  if (stream->device != here()) return INVALID_HANDLE;
  Call call;
  if (!marshal(*kernel, parameters, &call)) return INVALID_VALUE;
  int device = here();
  if (stream->capture != nullptr) {
    put(stream, [=] { execute(*kernel, call, groups, threads, device); }, 'k');
    return SUCCESS;
  }
  launched++;
  if (timed()) {
    put(stream, [] {}, 'k');
    return SUCCESS;
  }
  kernel->module->pending++;
  put(stream, [=] { execute(*kernel, call, groups, threads, device); kernel->module->pending--; }, 'k');
  return SUCCESS;
}

// --- graphs -------------------------------------------------------------------------------------------------

struct KernelNode {
  Kernel *kernel;
  unsigned gx, gy, gz, bx, by, bz, shared;
  void **parameters, **extra;
  void *other, *context;
};

static int work(const KernelNode *wanted, Node *node) {
  const KernelNode &n = *wanted;
  if (n.kernel == nullptr || n.gx == 0 || n.gy != 1 || n.gz != 1 || n.bx == 0 || n.bx > n.kernel->mostThreads || n.by != 1 || n.bz != 1
      || n.shared != 0 || n.extra != nullptr) {
    return INVALID_VALUE;
  }
  Call call;
  if (!marshal(*n.kernel, n.parameters, &call)) return INVALID_VALUE;
  Kernel *kernel = n.kernel;
  unsigned groups = n.gx, threads = n.bx;
  int device = here();
  node->work = {[=] { execute(*kernel, call, groups, threads, device); }};
  node->module = kernel->module;
  return SUCCESS;
}

static int add(Node **node, Graph *graph, Node **after, size_t count, std::unique_ptr<Node> added) {
  for (size_t i = 0; i < count; i++) {
    size_t at = 0;
    while (at < graph->nodes.size() && graph->nodes[at].get() != after[i]) at++;
    if (at == graph->nodes.size()) return INVALID_VALUE;
    added->after.push_back(at);
  }
  graph->nodes.push_back(std::move(added));
  *node = graph->nodes.back().get();
  return SUCCESS;
}

// The work of a graph in an order that its edges permit, as a random number says.
static std::vector<std::function<void()>> ordered(const std::vector<Node> &nodes) {
  std::vector<std::function<void()>> all;
  std::vector<bool> done(nodes.size());
  for (size_t left = nodes.size(); left > 0;) {
    size_t i = random64() % nodes.size();
    bool mayRun = !done[i];
    for (size_t before : nodes[i].after) mayRun = mayRun && done[before];
    if (!mayRun) continue;
    all.insert(all.end(), nodes[i].work.begin(), nodes[i].work.end());
    done[i] = true;
    left--;
  }
  return all;
}

static std::vector<Node> copies(const Graph *graph) {
  std::vector<Node> nodes;
  for (auto &node : graph->nodes) nodes.push_back(*node);
  return nodes;
}

// In the order of insertion.
static std::string kinds(const Graph *graph) {
  std::string all;
  for (auto &node : graph->nodes) all += node->kinds;
  return all;
}

int cuGraphCreate(Graph **graph, unsigned flags) {
  Guard guard(lock);
  if (int status = ready()) return status;
  *graph = new Graph();
  return flags == 0 ? SUCCESS : INVALID_VALUE;
}
int cuGraphDestroy(Graph *graph) { delete graph; return graph == nullptr ? INVALID_VALUE : SUCCESS; }
int cuGraphAddKernelNode_v2(Node **node, Graph *graph, Node **after, size_t count, const KernelNode *wanted) {
  Guard guard(lock);
  if (int status = ready()) return status;
  auto added = std::make_unique<Node>();
  added->isKernel = true;
  if (int status = work(wanted, added.get())) return status;
  return add(node, graph, after, count, std::move(added));
}
int cuGraphAddChildGraphNode(Node **node, Graph *graph, Node **after, size_t count, Graph *child) {
  Guard guard(lock);
  if (int status = ready()) return status;
  auto added = std::make_unique<Node>();
  added->work = ordered(copies(child));
  added->kinds = kinds(child);
  if (added->kinds.find('m') != std::string::npos) return NOT_SUPPORTED;
  return add(node, graph, after, count, std::move(added));
}
// Nothing says that it does not wait for the device, which it takes memory of.
int cuGraphInstantiateWithFlags(Executable **executable, Graph *graph, unsigned long long flags) {
  Guard guard(lock);
  if (int status = ready()) return status;
  if (int status = unsafe()) return status;
  if (int status = deviceWide()) return status;
  *executable = new Executable{graph, copies(graph)};
  return flags == 0 ? SUCCESS : INVALID_VALUE;
}
// That one may be destroyed while it runs is documented since CUDA 12 only; nothing says that giving its memory back waits
// for nothing else.
int cuGraphExecDestroy(Executable *executable) {
  Guard guard(lock);
  if (int status = unsafe()) return status;
  if (int status = deviceWide()) return status;
  if (*executable->pending > 0) return fail(here(), ILLEGAL_ADDRESS, "a graph is destroyed while it runs");
  delete executable;
  return SUCCESS;
}
static Node *find(Executable *executable, Node *node) {
  for (size_t i = 0; i < executable->nodes.size(); i++) {
    if (executable->of->nodes[i].get() == node) return &executable->nodes[i];
  }
  return nullptr;
}
int cuGraphExecKernelNodeSetParams_v2(Executable *executable, Node *node, const KernelNode *wanted) {
  Guard guard(lock);
  if (int status = ready()) return status;
  settings++;
  Node *mine = find(executable, node);
  return mine == nullptr || !mine->isKernel ? INVALID_VALUE : work(wanted, mine);
}
int cuGraphExecChildGraphNodeSetParams(Executable *executable, Node *node, Graph *child) {
  Guard guard(lock);
  if (int status = ready()) return status;
  settings++;
  Node *mine = find(executable, node);
  if (mine == nullptr || mine->isKernel) return INVALID_VALUE;
  if (mine->kinds != kinds(child)) return UPDATE_FAILURE;
  mine->work = ordered(copies(child));
  return SUCCESS;
}
int cuGraphLaunch(Executable *executable, CUstream stream) {
  Guard guard(lock);
  if (int status = ready()) return status;
  if (stream->capture != nullptr) return spoil(stream);
  if (stream->device != here()) return INVALID_HANDLE;
  graphsLaunched++;
  for (Node &node : executable->nodes) if (node.module != nullptr) node.module->pending++;
  std::vector<Module *> modules;
  for (Node &node : executable->nodes) if (node.module != nullptr) modules.push_back(node.module);
  std::shared_ptr<long> pending = executable->pending;
  if (timed()) {
    for (const Node &node : executable->nodes) put(stream, [] {}, 'g');
    for (Module *module : modules) module->pending--;
    return SUCCESS;
  }
  (*pending)++;
  for (auto &item : ordered(executable->nodes)) put(stream, item, 'g');
  put(stream, [=] { (*pending)--; for (Module *module : modules) module->pending--; }, 'g');
  return SUCCESS;
}
int cuStreamBeginCapture_v2(CUstream stream, int mode) {
  Guard guard(lock);
  if (int status = ready()) return status;
  if (stream->capture != nullptr || mode != 1) return INVALID_VALUE;
  if (int status = unsafe()) return status;
  captures++;
  stream->capture = new Graph();
  stream->spoilt = false;
  stream->capturer = std::this_thread::get_id();
  return SUCCESS;
}
int cuStreamEndCapture(CUstream stream, Graph **graph) {
  Guard guard(lock);
  if (int status = ready()) return status;
  if (stream->capture == nullptr) return INVALID_VALUE;
  if (stream->capturer != std::this_thread::get_id()) return CAPTURE_OF_OTHER_THREAD;
  *graph = stream->spoilt ? nullptr : stream->capture;
  if (stream->spoilt) delete stream->capture;
  stream->capture = nullptr;
  return stream->spoilt ? CAPTURE_INVALIDATED : SUCCESS;
}
}
