// Counts the allocations that are large enough for a vector of the operator's dimension. Replaces operator new: to be
// included by one file of an executable.
#ifndef PERIGEE_TESTS_SUPPORT_LARGE_ALLOCATIONS_HPP
#define PERIGEE_TESTS_SUPPORT_LARGE_ALLOCATIONS_HPP

#include <cstddef>
#include <cstdlib>
#include <new>

namespace perigee::test {

inline std::size_t large_allocation_size = 100000 * sizeof(double);  // in bytes, at least
inline int large_allocations = 0;

inline void* allocate(std::size_t size) {
  if (size >= large_allocation_size) ++large_allocations;
  if (void* storage = std::malloc(size == 0 ? 1 : size)) return storage;
  throw std::bad_alloc();
}

}  // namespace perigee::test

// A delete that is inlined where the new is not looks to the compiler like a free of what malloc did not allocate.
void* operator new(std::size_t size) { return perigee::test::allocate(size); }
[[gnu::noinline]] void operator delete(void* storage) noexcept { std::free(storage); }
[[gnu::noinline]] void operator delete(void* storage, std::size_t) noexcept { std::free(storage); }
// The array forms and the ones that do not throw too, so that what one of these allocates, one of these frees.
void* operator new[](std::size_t size) { return perigee::test::allocate(size); }
[[gnu::noinline]] void operator delete[](void* storage) noexcept { std::free(storage); }
[[gnu::noinline]] void operator delete[](void* storage, std::size_t) noexcept { std::free(storage); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
[[gnu::noinline]] void operator delete(void* storage, const std::nothrow_t&) noexcept { std::free(storage); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
[[gnu::noinline]] void operator delete[](void* storage, const std::nothrow_t&) noexcept { std::free(storage); }

#endif
