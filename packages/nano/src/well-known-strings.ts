import { hexDigits } from '@ijw/binary';

/**
 * The strings that every runtime has, from 0xFFFF down; `?` for one that is not known. Those that the core library uses are known: they were found by comparing
 * mscorlib.pe with mscorlib.dll (nanoFramework.CoreLibrary 1.17.11).
 */
const STRINGS: readonly string[] = [
  '.cctor .ctor Abort Abs ? ? Add AddDays AddHours AddMilliseconds AddMinutes AddSeconds AddTicks AnyPendingFinalizers ?',
  'AppDomainUnloadedException ? ? ? ? ApplicationException ArgumentException ArgumentNullException ArgumentOutOfRangeException ?',
  'Array ArrayList ? ? Assembly ? ? AssemblyName AssemblyNameFlags ? ? Assert AsyncCallback ? ? Attribute ? ? AutoResetEvent ? ?',
  'BeginInvoke ? BinarySearch Binder BindingFlags BitConverter ? Boolean Break Byte ? ? Change Char ? Clear Clone ? Combine ?',
  'Compare CompareExchange CompareTo ? Concat ? ConstructorInfo ? ? Contains Convert Copy CopyTo ? ? ? ? CreateInstance ?',
  'CultureInfo ? ? DateTime DateTimeFormat DateTimeFormatInfo DateTimeKind ? DayOfWeek ? ? ? ? DaysInMonth Debug ? Debugger ? ?',
  'Decrement Delegate ? ? ? Dispose Double DoubleToInt64Bits Duration ? Empty ? ? EndInvoke ? ? ? ? ? Enter ? ? Enum ? Equals',
  'EventArgs ? ? ? Exception Exchange ? Exit ? ? ? ? ? ? ? FalseString ? ? FieldInfo ? ? ? ? ? ? ? ? ? Format FormatCustomized',
  'FormatDigits FormatNative FromBase64CharArray FromBase64String FromTicks GC ? ? ? GetAssembly ? ? ? ? ? GetBytes ?',
  'GetConstructor ? ? ? ? ? ? ? ? GetElementType GetEnumerator GetExecutingAssembly ? GetField GetFields GetFormat GetHashCode',
  'GetInterfaces ? GetManifestResourceNames ? GetMethod GetMethods GetName ? ? ? ? GetObjectValue ? ? ? GetRealFormat',
  'GetSatelliteAssembly ? ? ? GetType GetTypeFromHandle ? ? GetTypeInternal GetTypes ? ? GetValue GetVersion ? Guid ? ? ?',
  'HexToChar ? IAsyncResult ICloneable ICollection IComparable IComparer ICustomFormatter ? IDisposable ? IEnumerable',
  'IEnumerator IEqualityComparer ? ? IFormatProvider IFormattable IList ? IOException IOExceptionErrorCode IReflect Increment',
  'IndexOf IndexOfAny IndexOutOfRangeException ? InitializeArray ? ? Insert ? ? ? Int16 Int32 Int64 Int64BitsToDouble IntPtr',
  'Interlocked Intern InvalidCastException InvalidOperationException Invoke InvokeMember ? ? IsInfinity IsInstanceOfType',
  'IsInterned IsNaN IsNegativeInfinity IsPositiveInfinity IsSubclassOf IsTransparentProxy ? Join ? ? LastIndexOf LastIndexOfAny',
  'Load LoadInternal ? ? ? ManualResetEvent MarshalByRefObject ? Max MaxValue MemberInfo MemberTypes MemberwiseClone ? ?',
  'MethodBase ? ? MethodInfo ? ? ? ? ? ? ? Min MinValue ? Monitor ? MoveNext MulticastDelegate ? Negate NewGuid Next NextBytes',
  'NextDouble NotImplementedException NotSupportedException NullReferenceException Number NumberFormatInfo Object',
  'ObjectDisposedException ? OutOfMemoryException Parse ParseAssemblyName ? ParseNextChar ParseQuoteString ParseRepeatPattern',
  'ParseTypeName ? ? ? ? ? ? ? ? ? ? PropertyInfo ? ? ? ? ? Random ? ReRegisterForFinalize ? ? ? ? ReferenceEquals ? ? ?',
  'RemotingServices Remove RemoveAt ? ? ? ? ? ? ? Reset ? ? ? ? ? ? ? Resume ? ? RunClassConstructor RuntimeArgumentHandle',
  'RuntimeConstructorInfo RuntimeFieldHandle RuntimeFieldInfo RuntimeHelpers RuntimeMethodHandle RuntimeMethodInfo RuntimeType',
  'RuntimeTypeHandle SByte ? ? ? ? ? ? ? ? ? ? Set SetCapacity ? ? ? SetValue ? ? ? Single ? Sleep ? ? ? Split ? ? ? ? ? Start',
  'StartsWith ? ? String ? ? ? Substring Subtract SuppressFinalize Suspend System System.Collections',
  'System.Collections.ICollection.get_Count System.Collections.IList.Add System.Collections.IList.Clear',
  'System.Collections.IList.Contains System.Collections.IList.IndexOf System.Collections.IList.Insert',
  'System.Collections.IList.Remove System.Collections.IList.RemoveAt System.Collections.IList.get_Item',
  'System.Collections.IList.set_Item ? System.Diagnostics System.Globalization ? System.IO System.Reflection ?',
  'System.Runtime.CompilerServices System.Runtime.Remoting System.Runtime.Versioning ? ? System.Threading SystemException ? ? ?',
  '? ? ? TargetFrameworkAttribute Thread ThreadAbortException ThreadPriority ThreadStart ThreadState ? ? TimeSpan ? ? ? ? Timer',
  'TimerCallback ? ToArray ToBase64String ToBoolean ToByte ToByteArray ToChar ToCharArray ToDouble ToInt16 ToInt32 ToInt64 ?',
  'ToLower ToSByte ToSingle ToString ToUInt16 ToUInt32 ToUInt64 ? ToUpper ? ? ? ? ? ? ? ? ? ? ? Trim TrimEnd TrimStart',
  'TrueString ? TryParse ? Type TypeCode ? ? ? ? ? ? UInt16 UInt32 UInt64 ? ? ? ? ? ? ? ? ValueType Version Void WaitAll WaitAny',
  'WaitForPendingFinalizers WaitHandle WaitMultiple WaitOne ? WeakReference Write ? ? ? ? ? Zero _Build _Major _Minor _Revision',
  '_array _arrayLength _assembly ? ? _endIndex _frameworkDisplayName _frameworkName ? ? _index _items ? ? _message ? _random',
  '_size _startIndex ? ? ? ? ? ? ? ? ? ? get_AMDesignator get_AbbreviatedDayNames get_AbbreviatedMonthNames ? get_Assembly',
  'get_AssemblyQualifiedName get_BaseType get_Build ? ? ? ? get_Capacity get_Chars get_Count get_Current ? get_CurrentInfo',
  'get_CurrentThread ? get_CurrentUICulture get_CurrentUICultureInternal get_Date get_DateSeparator get_DateTimeFormat get_Day',
  'get_DayNames get_DayOfWeek get_DayOfYear ? get_Days get_DeclaringType ? ? get_ErrorCode get_FieldType ?',
  'get_FrameworkDisplayName get_FrameworkName ? get_FullDateTimePattern get_FullName get_GeneralLongTimePattern',
  'get_GeneralShortTimePattern ? get_Hour get_Hours ? get_InnerException get_IsAbstract get_IsAlive get_IsArray get_IsAttached ?',
  'get_IsClass get_IsEnum get_IsFinal get_IsFixedSize get_IsInterface get_IsLittleEndian get_IsNotPublic get_IsPublic',
  'get_IsReadOnly get_IsSerializable get_IsStatic get_IsSynchronized ? get_IsValueType get_IsVirtual ? get_Item ? get_Kind ?',
  'get_Length get_LongDatePattern get_LongTimePattern get_Major get_ManagedThreadId ? ? get_MemberType get_Message get_Method',
  'get_Millisecond get_Milliseconds get_Minor get_Minute get_Minutes ? get_Month get_MonthDayPattern get_MonthNames get_Name',
  'get_NegativeSign ? get_NumberDecimalSeparator get_NumberFormat get_NumberGroupSeparator get_NumberGroupSizes ? ?',
  'get_OffsetToStringData get_PMDesignator get_ParamName get_Parent ? ? ? get_PositiveSign get_Priority ? get_PropertyType',
  'get_RFC1123Pattern ? ? get_ReturnType get_Revision ? get_Second get_Seconds ? get_ShortDatePattern get_ShortTimePattern',
  'get_SortableDateTimePattern get_StackTrace ? ? ? get_SyncRoot get_Target get_ThreadState get_Ticks get_TimeOfDay',
  'get_TimeSeparator get_Today ? get_UniversalSortableDateTimePattern ? get_UtcNow ? get_Version ? get_Year get_YearMonthPattern',
  '? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ?',
  'm_value ? ? ? mscorlib ? ? ? ? ? ? op_Addition op_Equality op_GreaterThan op_GreaterThanOrEqual op_Inequality op_LessThan',
  'op_LessThanOrEqual op_Subtraction op_UnaryNegation op_UnaryPlus ? ? ? ? ? ? ? ? ? set_Capacity set_CurrentUICultureInternal',
  'set_FrameworkDisplayName ? set_Item ? ? ? set_Priority ? set_Target ? ? ? ? ? ? ? ? value__',
].flatMap((line) => line.split(' '));

/** A string of the table in the runtime; `#FE40` for one that is not known. */
export function wellKnownString(index: number): string {
  const text = STRINGS[0xffff - index];
  return text === undefined || text === '?' ? `#${hexDigits(index, 4).toUpperCase()}` : text;
}
